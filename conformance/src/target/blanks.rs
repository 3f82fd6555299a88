//! Blanks in a definition, and what they are filled with once a lane exists.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::definition::{Definition, DefinitionError};

/// What is known only once a lane exists.
#[derive(Clone, Copy, Debug)]
pub struct Blanks<'a> {
    /// Where the target listens.
    pub listen: SocketAddr,
    /// An address for whatever else it has to listen on.
    pub spare: SocketAddr,
    /// Where the origin listens.
    pub origin: SocketAddr,
    /// The lane's own folder.
    pub dir: &'a Path,
    /// Where it was installed to.
    pub cache: &'a Path,
    /// As whom it runs.
    pub user: &'a str,
}

impl Blanks<'_> {
    /// `text` with every blank filled in.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        let address = |text: String, name: &str, address: SocketAddr| {
            text.replace(&format!("@{name}@"), &address.to_string())
                .replace(&format!("@{name}_PORT@"), &address.port().to_string())
                .replace(&format!("@{name}_HOST@"), &address.ip().to_string())
        };
        let text = address(text.to_owned(), "LISTEN", self.listen);
        let text = address(text, "SPARE", self.spare);
        let text = address(text, "ORIGIN", self.origin);
        fill_cache(&text, self.cache)
            .replace("@DIR@", &self.dir.display().to_string())
            .replace("@USER@", self.user)
    }
}

/// `text` with the one blank filled in that is known without a lane.
#[must_use]
pub(super) fn fill_cache(text: &str, cache: &Path) -> String {
    text.replace("@CACHE@", &cache.display().to_string())
}

impl Definition {
    /// Makes the folders of the definition, writes its files below the lane's own folder, and fills in
    /// what they leave open.
    ///
    /// # Errors
    ///
    /// When a template cannot be read, or a file or folder cannot be written.
    pub fn lay_out(&self, blanks: &Blanks<'_>) -> Result<(), DefinitionError> {
        let failed = |path: PathBuf| move |source: io::Error| DefinitionError::Unreadable { path, source };
        for folder in &self.folders {
            let path = blanks.dir.join(folder);
            fs::create_dir_all(&path).map_err(failed(path))?;
        }
        for file in &self.files {
            let template = self.folder.join(&file.template);
            let text = fs::read_to_string(&template).map_err(failed(template))?;
            let path = blanks.dir.join(&file.name);
            path.parent()
                .map_or(Ok(()), fs::create_dir_all)
                .and_then(|()| fs::write(&path, blanks.fill(&text)))
                .map_err(failed(path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blank_is_filled_in() {
        let address = |port| SocketAddr::from(([127, 1, 2, 3], port));
        let blanks = Blanks {
            listen: address(1),
            spare: address(2),
            origin: address(3),
            dir: Path::new("/dir"),
            cache: Path::new("/cache"),
            user: "nobody",
        };
        let text = "@LISTEN@ @LISTEN_HOST@ @LISTEN_PORT@ @SPARE@ @SPARE_HOST@ @SPARE_PORT@ \
                    @ORIGIN@ @ORIGIN_HOST@ @ORIGIN_PORT@ @DIR@ @CACHE@ @USER@";
        let filled = "127.1.2.3:1 127.1.2.3 1 127.1.2.3:2 127.1.2.3 2 127.1.2.3:3 127.1.2.3 3 \
                      /dir /cache nobody";
        assert_eq!(blanks.fill(text), filled);
    }
}
