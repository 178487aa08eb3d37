#!/bin/sh
# What rules have written, from hostile input, as another reader of mail sees it: Python's.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${BUILD:=$PWD/build}"
work=$(mktemp -d "${TMPDIR:-/tmp}/compose.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT

CK_VERBOSITY=silent "$BUILD/tests/test_compose" "$work" || exit 2
python3 - "$work" <<'PYTHON'
import email.policy, email.parser, glob, sys

once = ["from", "to", "date", "subject", "message-id", "auto-submitted", "mime-version", "content-type"]
parts = {"disposition-notification": ["text/plain", "message/disposition-notification", "text/rfc822-headers"],
         "delivery-status": ["text/plain", "message/delivery-status", "text/rfc822-headers"],
         "feedback-report": ["text/plain", "message/feedback-report", "message/rfc822"]}
# A name with an address beyond ASCII, or a list of ids, is for RFC 6532 and for nobody's parser to mend.
tolerated = ("NonASCIILocalPartDefect", "ObsoleteHeaderDefect")
bad = []

def defects_of(message):
    found = [d for part in message.walk() for d in part.defects]
    for part in message.walk():
        for name, value in part.items():
            found += getattr(value, "defects", ())
    return [d for d in found if type(d).__name__ not in tolerated]

def look_at(path):
    with open(path, "rb") as file:
        data = file.read()
    message = email.parser.BytesParser(policy=email.policy.default).parsebytes(data)
    names = [name.lower() for name in message.keys()]
    for name in once[:6]:
        if names.count(name) != 1:
            yield "%d fields %s" % (names.count(name), name)
    for name in once[6:]:
        if names.count(name) > 1:
            yield "two fields " + name
    if "bcc" in names:
        yield "a Bcc"
    if len(message["to"].addresses) < 1 or len(message["from"].addresses) < 1:
        yield "nobody in To or From"
    report = message.get_param("report-type")
    if report:
        found = [part.get_content_type() for part in message.iter_parts()]
        if found != parts[report]:
            yield "parts " + " ".join(found)
        if report != "feedback-report" and not message.get_payload(0).get_content():
            yield "nothing to read"
    # what an entity of the script's own says is the script's
    found = [] if message.get_content_maintype() == "multipart" and not report else defects_of(message)
    if found:
        yield "defects " + " ".join(type(d).__name__ for d in found)

paths = sorted(glob.glob(sys.argv[1] + "/*.eml"))
for path in paths:
    for what in look_at(path):
        bad.append("%s: %s" % (path, what))
print(("not ok" if bad or len(paths) < 1000 else "ok") +
      " - %d messages are what they should be" % len(paths))
for line in bad[:20]:
    print("    " + line)
sys.exit(bool(bad))
PYTHON
