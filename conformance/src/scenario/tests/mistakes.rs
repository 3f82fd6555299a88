//! Every mistake is refused with its line, a caret and what was probably meant. The snapshots
//! are what an author reads; each holds one group of mistakes.

use super::*;

/// All mistakes of one group, one below the other.
fn group(texts: &[String]) -> String {
    let catalogue = catalogue();
    texts.iter().map(|text| mistakes(text, &catalogue)).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn a_file_that_is_no_kdl_is_refused() {
    let told = group(&[
        "title \"unfinished\nwhy \"w\"\n".to_owned(),
        file("client sends {\n"),
        file("client sends (hex\"00\"\n"),
        file("client sends head=\n"),
        file("slow true\n"),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn a_frame_is_complete_and_holds_only_known_lines() {
    let without = |name: &str| {
        let text = file("client connects\n");
        text.lines().filter(|line| !line.starts_with(name)).map(|line| format!("{line}\n")).collect()
    };
    let frame = |line: &str| format!("{line}\n{}", file("client connects\n"));
    let told = group(&[
        without("title"),
        without("why"),
        without("covers"),
        without("routes"),
        without("client"),
        String::new(),
        frame("titel \"t\""),
        frame("gibberish"),
        frame("title"),
        frame("title \" \""),
        frame("title 5"),
        frame("title \"one\" \"two\""),
        frame("title \"t\" {\n    more\n}"),
        frame("title \"t\" lang=\"en\""),
        frame("title \"one\""),
        frame("why \"one\""),
        frame("matrix {\n    row \"a\" x=\"1\" x=\"2\"\n}"),
        frame("routes \"maped\""),
        frame("routes \"mapped\" \"mapped\""),
        frame("routes"),
        frame("needs \"raw-tunel\""),
        frame("covers 9110"),
        frame("slow \"very\""),
        frame("matrix \"m\""),
        frame("matrix {\n    line \"a\" x=\"1\"\n}"),
        frame("matrix {\n    row x=\"1\"\n}"),
        frame("matrix {\n    row \"A b\" x=\"1\"\n}"),
        frame("matrix {\n    row \"a\" \"b\" x=\"1\"\n}"),
        frame("matrix {\n    row \"a\" x=1\n}"),
        frame("matrix {\n    row \"a\" x=\"1\" needs=\"raw-tunel\"\n}"),
        frame("matrix {\n    row \"a\" x=\"1\" needs=1\n}"),
        frame("matrix {\n    row \"a\" x=\"1\" {\n        y \"2\"\n    }\n}"),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn a_step_is_something_that_its_role_can_do() {
    let step = |line: &str| file(&format!("{line}\n"));
    let told = group(&[
        step("client"),
        step("client recieves-response"),
        step("client recieves-bytes \"x\""),
        step("client \"second\" recieves-bytes \"x\""),
        step("client receives-request"),
        step("origin connects"),
        step("client 5"),
        step("client connects \"now\""),
        step("client connects {\n    status \"200\"\n}"),
        step("client sends"),
        step("client sends \"x\" chunks=1"),
        step("client sends \"x\" chunk=0"),
        step("client sends \"x\" chunk=\"1GB\""),
        step("client sends \"x\" chunk=-1"),
        step("client sends \"x\" gap=\"1h\""),
        step("client sends \"x\" gap=5"),
        step("client sends \"x\" gap=\"601s\""),
        step("client sends (hax)\"00\""),
        step("client sends (hex)\"0\""),
        step("client sends (hex)\"0g\""),
        step("client sends (hex)00"),
        step("client sends (noise)\"lots\""),
        step("client sends (noise)\"2000MiB\""),
        step("client sends \"{\""),
        step("client sends \"}\""),
        step("client sends \"{two words}\""),
        step("client sends \"{accept-of }\""),
        step("client receives-nothing"),
        step("client receives-nothing for=\"soon\""),
        step("client sees-end discarding=\"yes\""),
        step("origin receives-request on=\"old\""),
        step("setup {\n    clint connects\n}"),
        step("setup \"name\" {\n    client connects\n}"),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn a_check_is_one_that_can_be_made() {
    let check = |line: &str| file(&format!("client receives-response {{\n    {line}\n}}\n"));
    let told = group(&[
        check("feild \"X\""),
        check("field"),
        check("field \"X\" equal=\"1\""),
        check("field \"X\" count=\"two\""),
        check("field \"X\" equals=(hax)\"61\""),
        check("field \"X\" equals=(hex)\"6\""),
        check("field \"X\" count=0"),
        check("field \"X\" {\n        lime \"1\"\n    }"),
        check("field \"X\" {\n        line\n    }"),
        check("no-field \"X\" equals=\"1\""),
        check("no-field \"X\" {\n        line \"1\"\n    }"),
        check("no-token \"Connection\""),
        check("trailer"),
        check("trailer \"X\" count=0"),
        check("trailer \"X\" equal=\"1\""),
        check("no-trailer"),
        check("no-trailor \"X\""),
        check("status"),
        check("status in=\"4xx\""),
        check("status in=\"500..=400\""),
        check("status 200"),
        check("version \"1.1\" \"1.0\""),
        check("body"),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn blocks_hold_what_belongs_there() {
    let outcome = "    outcome \"a\" {\n        client receives-response\n    }\n";
    let either = |line: &str| file(&format!("either {{\n{outcome}{line}\n}}\n"));
    let never = |line: &str| file(&format!("client receives-response\nnever \"n\" {{\n    {line}\n}}\n"));
    let told = group(&[
        either(""),
        either("    otherwise \"b\" {\n        client sees-end\n    }"),
        either("    outcome {\n        client sees-end\n    }"),
        either("    outcome \"b\" verdict=\"fail\" {\n        client sees-end\n    }"),
        either("    outcome \"b\" {\n        client sends \"x\"\n        client sees-end\n    }"),
        either("    outcome \"b\""),
        file("together {\n    client sends \"x\"\n}\n"),
        file("together {\n    client sends \"x\"\n    client sees-end\n}\n"),
        never(""),
        never("client receives-more\n    origin receives-more"),
        never("proxy receives-more"),
        never("client accepts"),
        never("origin recieves-more"),
        never("origin receives-bytes"),
        never("origin accepts {\n        field \"X\"\n    }"),
        file("client receives-response\nnever {\n    origin accepts\n}\n"),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn the_lines_of_a_file_go_together() {
    let matrix = |rows: &str| {
        file(&format!("matrix {{\n{rows}\n}}\nclient receives-response {{\n    reason \"{{x}}\"\n}}\n"))
    };
    let told = group(&[
        file("client receives-response covers=\"tun-zz\"\n"),
        file("client receives-response {\n    body \"{nonse}\"\n}\n"),
        file("client sends \"{later}\"\nclient receives-response {\n    field \"X\" capture=\"later\"\n}\n"),
        file("client receives-response {\n    field \"X\" capture=\"nonce\"\n}\n"),
        file("client sends \"x\"\n"),
        file("setup {\n    client receives-response\n}\n"),
        file("origin sends \"x\"\nclient receives-response\n"),
        file("origin receives-nothing for=\"5ms\"\norigin sends \"x\"\nclient receives-response\n"),
        file("origin sees-end\n"),
        file("origin receives-request\norigin \"next\" receives-bytes \"x\"\n"),
        file("client receives-response {\n    no-field \"X\"\n}\n"),
        file("client receives-response {\n    trailer \"Y\"\n    no-trailer \"X\"\n}\n"),
        file(
            "client receives-response {\n    trailer \"{nome}\"\n    no-trailer \"{nine}\"\n    control \"X\"\n}\n",
        ),
        file("client receives-response {\n    status \"200\"\n    no-token \"Connection\" \"x\"\n}\n"),
        file(
            "client receives-response\nnever \"n\" covers=\"tun-zz\" {\n    origin receives-bytes \"{y}\"\n}\n",
        ),
        matrix("    row \"a\" x=\"1\"\n    row \"a\" x=\"2\""),
        matrix("    row \"a\" x=\"1\"\n    row \"b\" y=\"2\""),
        matrix("    row \"a\" x=\"{y}\""),
        matrix("    row \"a\" x=\"1\" y=\"2\""),
        matrix("    row \"a\" x=\"1\" path=\"2\""),
        file("matrix {\n    row \"a\"\n    row \"b\"\n}\nclient receives-response\n"),
    ]);
    insta::assert_snapshot!(told);
}

#[test]
fn what_one_branch_binds_is_unknown_behind_the_branches() {
    let text = file(
        "either {
    outcome \"a\" {
        origin receives-request {
            field \"X\" capture=\"both\"
            field \"Y\" capture=\"one\"
        }
    }
    outcome \"b\" {
        client receives-response {
            field \"X\" capture=\"both\"
        }
    }
}
client sends \"{both}{one}\"
origin sends \"late\"
",
    );
    let told = mistakes(&text, &catalogue());
    insta::assert_snapshot!(told);
}
