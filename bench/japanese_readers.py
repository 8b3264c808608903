#!/usr/bin/env python3
"""How many of the Japanese fixtures (tests/integration/japanese_mail.py) each reader decodes.

usage: bench/japanese_readers.py SEKISHO_BINARY

Each fixture says a text and where it stands: Subject, display name of From, body. A reader decodes it when a rule on that
place hits the text. SpamAssassin and rspamd are asked where they are installed (packages spamassassin, rspamd), without
the network; what each misses goes to standard error."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "integration"))
import japanese_mail  # noqa: E402

RULES = {"subject": "header {} Subject =~", "from": "header {} From:name =~", "body": "body {}"}

SPAMASSASSIN = r"""
use strict; use Mail::SpamAssassin;
my ($rules, @files) = @ARGV;
my $sa = Mail::SpamAssassin->new({ local_tests_only => 1, dont_copy_prefs => 1, rules_filename => $rules,
  site_rules_filename => "/nonexistent", userprefs_filename => "/nonexistent",
  pre_config_text => "loadplugin Mail::SpamAssassin::Plugin::Check\nutil_rb_tld com net org jp example\n",
  post_config_text => "use_bayes 0\nnormalize_charset 1\n" });
$sa->init(1);
for my $file (@files) {
  open(my $in, "<", $file) or die; binmode $in; local $/; my $text = <$in>;
  my $mail = $sa->parse($text); my $status = $sa->check($mail);
  print "$file\t", $status->get_names_of_tests_hit(), "\n";
  $status->finish(); $mail->finish();
}
"""

RSPAMD = r"""
local rspamd_task = require "rspamd_task"
local ucl = require "ucl"
for name in io.lines(LIST) do
  local ok, task = rspamd_task.load_from_file(name, rspamd_config)
  if ok and task:process_message() then
    local from = task:get_from({"mime", "orig"})
    local texts = {}
    for _, part in ipairs(task:get_text_parts() or {}) do
      texts[#texts + 1] = tostring(part:get_content("content") or "")
    end
    print(ucl.to_format({path = name, subject = task:get_subject() or "",
      from = from and from[1] and from[1].name or "", body = table.concat(texts, "\n")}, "json-compact"))
  end
end
"""


def rule_name(place, text):
    return f"JAPANESE_{place.upper()}_{japanese_mail.TEXTS.index(text)}"


def hits_of_sekisho(binary, rules, files):
    done = subprocess.run([binary, "scan", "--no-av", "--rules", rules, "--format", "json", *files], capture_output=True)
    for line in done.stdout.splitlines():
        found = json.loads(line)
        yield found["path"], {hit["rule"] for hit in found["hits"]}


def hits_of_spamassassin(rules, files):
    done = subprocess.run(["perl", "-e", SPAMASSASSIN, rules, *files], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"SpamAssassin: {done.stderr}")
    for line in done.stdout.splitlines():
        path, names = line.split("\t")
        yield path, set(names.split(","))


def texts_of_rspamd(top, files):
    (top / "list").write_text("".join(f"{file}\n" for file in files))
    (top / "read.lua").write_text(RSPAMD.replace("LIST", json.dumps(str(top / "list"))))
    done = subprocess.run(["rspamadm", "lua", "-b", top / "read.lua"], capture_output=True)
    for line in done.stdout.splitlines():
        if line.startswith(b"{"):
            found = json.loads(line.decode("utf-8", "replace"), strict=False)
            yield found["path"], found


def report(reader, cases, is_read):
    missed = [name for name, place, text, path in cases if not is_read(path, place, text)]
    print(f"{reader:14} {len(cases) - len(missed):4} of {len(cases)}")
    for name in missed:
        print(f"{reader} misses {name}", file=sys.stderr)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    top = pathlib.Path(tempfile.mkdtemp(prefix="japanese."))
    cases = []
    for name, place, text, message in japanese_mail.cases():
        if place in RULES:
            path = str(top / f"{name}.eml")
            pathlib.Path(path).write_bytes(message)
            cases.append((name, place, text, path))
    files = sorted({path for *_, path in cases})
    rules = top / "japanese.cf"
    rules.write_text("".join(f"{line.format(rule_name(place, text))} /{text}/\n" for place, line in RULES.items()
                             for text in japanese_mail.TEXTS), "utf-8")

    def by_rules(hits):
        found = dict(hits)
        return lambda path, place, text: rule_name(place, text) in found.get(path, ())

    report("sekisho", cases, by_rules(hits_of_sekisho(sys.argv[1], rules, files)))
    if shutil.which("spamassassin"):
        report("SpamAssassin", cases, by_rules(hits_of_spamassassin(rules, files)))
    if shutil.which("rspamadm"):
        read = dict(texts_of_rspamd(top, files))
        report("rspamd", cases, lambda path, place, text: text in read.get(path, {}).get(place, ""))
    shutil.rmtree(top)


if __name__ == "__main__":
    main()
