"""hostile_kinds.py KIND COUNT FILE - write a message of which one thing is too much, COUNT times

Kinds are functions below; what they are about stands in their first lines.  Without arguments: their names, each with
the count at which it is large.
"""
import sys

KINDS = {}
HEAD = b"From: Alice <alice@example.org>\nTo: bob@example.net\nDate: Thu, 01 Jan 2026 12:00:00 +0000\n" \
       b"Message-ID: <hostile@example.org>\n"
MIME = b"MIME-Version: 1.0\n"


def kind(large):
    def keep(function):
        KINDS[function.__name__] = (function, large)
        return function
    return keep


def repeat(out, unit, times):
    """Writes a unit many times, in pieces of a megabyte."""
    most = max(1, (1 << 20) // len(unit))
    while times > 0:
        now = min(most, times)
        out(unit * now)
        times -= now


def each(out, line, count):
    """Writes line(0), line(1) and so on."""
    for start in range(0, count, 1000):
        out(b"".join(line(i) for i in range(start, min(start + 1000, count))))


def text(out, subtype, encoding=b"7bit", charset=b"utf-8"):
    out(HEAD + MIME + b"Subject: x\nContent-Type: text/" + subtype + b"; charset=" + charset +
        b"\nContent-Transfer-Encoding: " + encoding + b"\n\n")


@kind(100_000)
def fields(out, n):
    each(out, lambda i: b"X-%d: v\n" % i, n)
    out(HEAD + b"Subject: x\n\nbody\n")


@kind(100_000)
def same_field(out, n):
    repeat(out, b"Subject: =?utf-8?q?again?= and again\n", n)
    out(HEAD + b"\nbody\n")


@kind(50_000_000)
def long_line(out, n):
    out(HEAD + b"Subject: ")
    repeat(out, b"x", n)
    out(b"\n\nbody\n")


@kind(1_000_000)
def boundaries(out, n):
    out(HEAD + MIME + b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n")
    repeat(out, b"--b\n\nx\n", n)
    out(b"--b--\n")


@kind(1_000_000)
def near_boundaries(out, n):
    out(HEAD + MIME + b"Subject: x\nContent-Type: multipart/mixed; boundary=" + b"-" * 70 + b"\n\n")
    repeat(out, b"-" * 71 + b"\n", n)


@kind(100)
def open_boundaries(out, n):
    """Multiparts in one another, and then lines that may be the end of any."""
    out(HEAD + MIME + b"Subject: x\nContent-Type: multipart/mixed; boundary=b0\n\n")
    each(out, lambda i: b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1), n)
    repeat(out, b"--x\n", 10_000 * n)


@kind(100_000)
def comments(out, n):
    out(b"From: ")
    repeat(out, b"(", n)
    repeat(out, b")", n)
    out(b" alice@example.org\nTo: b@example.net\nSubject: x\n\nbody\n")


@kind(100_000)
def comments_apart(out, n):
    out(b"To: a@example.net")
    repeat(out, b" (c)\n ", n)
    out(b"\nFrom: a@example.org\nSubject: x\n\nbody\n")


@kind(100_000)
def groups(out, n):
    out(b"From: a@example.org\nTo: ")
    repeat(out, b"g: a@example.net, <b@example.net>;,\n ", n)
    out(b"\nSubject: x\n\nbody\n")


@kind(1_000_000)
def open_quotes(out, n):
    out(b"From: a@example.org\nTo: ")
    repeat(out, b'"\\', n)
    out(b"\nSubject: x\n\nbody\n")


@kind(1_000_000)
def angles(out, n):
    out(b"From: a@example.org\nTo: ")
    repeat(out, b"<", n)
    out(b"\nSubject: x\n\nbody\n")


@kind(1_000_000)
def routes(out, n):
    out(b"From: a@example.org\nTo: <")
    repeat(out, b"@a,", n)
    out(b":b@example.net>\nSubject: x\n\nbody\n")


@kind(100_000)
def continuations(out, n):
    """RFC 2231, section 3: a parameter in pieces."""
    out(HEAD + MIME + b"Subject: x\nContent-Disposition: attachment")
    each(out, lambda i: b";\n filename*%d*=%%41" % i, n)
    out(b"\n\nbody\n")


@kind(100_000)
def continuations_backward(out, n):
    out(HEAD + MIME + b"Subject: x\nContent-Type: text/plain")
    each(out, lambda i: b";\n name*%d=x" % (n - i), n)
    out(b"\n\nbody\n")


@kind(1_000_000)
def encoded_words(out, n):
    out(HEAD + b"Subject: x")
    repeat(out, b"\n =?utf-8?q?=C3=B6?=", n)
    out(b"\n\nbody\n")


@kind(1_000_000)
def encoded_words_open(out, n):
    out(HEAD + b"Subject: x")
    repeat(out, b"=?utf-8?q?", n)
    out(b"\n\nbody\n")


@kind(1_000_000)
def encoded_charsets(out, n):
    out(HEAD + b"Subject: x")
    each(out, lambda i: b"\n =?x-%d?b?AAAA?=" % i, n)
    out(b"\n\nbody\n")


@kind(10_000_000)
def soft_breaks(out, n):
    text(out, b"plain", b"quoted-printable")
    repeat(out, b"=\n", n)


@kind(10_000_000)
def equals_signs(out, n):
    text(out, b"plain", b"quoted-printable")
    repeat(out, b"=", n)


@kind(10_000_000)
def soft_blanks(out, n):
    """Blanks before a line end are none of it: how far is looked ahead?"""
    text(out, b"plain", b"quoted-printable")
    repeat(out, b" ", n)
    out(b"x\n")


@kind(5_000_000)
def base64_junk(out, n):
    text(out, b"plain", b"base64")
    repeat(out, b"Q!\0\xff-UJ=D\n", n)


@kind(5_000_000)
def html_angles(out, n):
    text(out, b"html")
    repeat(out, b"<", n)


@kind(1_000_000)
def html_open(out, n):
    text(out, b"html")
    repeat(out, b"<b a='", n)


@kind(1_000_000)
def html_comments(out, n):
    text(out, b"html")
    repeat(out, b"<!--", n)


@kind(1_000_000)
def html_entities(out, n):
    text(out, b"html")
    repeat(out, b"&#x26;&nosuch;&amp", n)


@kind(1_000_000)
def html_scripts(out, n):
    text(out, b"html")
    repeat(out, b"<script></scrip<style>", n)


@kind(1_000_000)
def html_nested(out, n):
    text(out, b"html")
    repeat(out, b"<ul><li><table>", n)


@kind(1_000_000)
def charset_long(out, n):
    out(HEAD + MIME + b"Subject: x\nContent-Type: text/plain; charset=")
    repeat(out, b"x", n)
    out(b"\n\nbody\n")


@kind(1_000_000)
def charset_unknown(out, n):
    text(out, b"plain", charset=b"x-unknown-8")
    repeat(out, b"\xe4\xf6\xfc text\n", n)


@kind(1_000_000)
def charset_utf7(out, n):
    text(out, b"plain", charset=b"utf-7")
    repeat(out, b"+AGE-+", n)


@kind(1_000_000)
def charset_2022(out, n):
    text(out, b"plain", charset=b"iso-2022-jp")
    repeat(out, b"\x1b$B\x1b(B", n)


@kind(10_000_000)
def nuls(out, n):
    text(out, b"plain")
    repeat(out, b"\0", n)


@kind(900_000)
def nuls_in_header(out, n):
    out(HEAD + b"Subject: ")
    repeat(out, b"\0", n)
    out(b"\n\nbody\n")


@kind(10_000_000)
def bare_cr(out, n):
    out(HEAD + b"Subject: x\n\n")
    repeat(out, b"\r", n)


@kind(900_000)
def bare_cr_in_header(out, n):
    out(HEAD + b"Subject: x")
    repeat(out, b"\r", n)
    out(b"\n\nbody\n")


@kind(900_000)
def eight_bit_header(out, n):
    out(HEAD + b"Subject: ")
    repeat(out, b"\xe4\xff\xc3", n // 3)
    out(b"\n\nbody\n")


@kind(1_000_000)
def unfinished_word(out, n):
    out(HEAD + b"Subject: =?utf-8?b?")
    repeat(out, b"QUJD", n)


@kind(1_000_000)
def unfinished_type(out, n):
    out(HEAD + MIME + b'Content-Type: multipart/mixed; boundary="')
    repeat(out, b"b\\", n)


@kind(1_000_000)
def unfinished_parts(out, n):
    out(HEAD + MIME + b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\nX: ")
    repeat(out, b"y\n ", n)


@kind(500_000)
def uuencoded(out, n):
    out(HEAD + MIME + b"Subject: x\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n")
    repeat(out, b"M" + b"!" * 60 + b"\n", n)


@kind(500_000)
def uuencoded_begins(out, n):
    out(HEAD + b"Subject: x\n\n")
    repeat(out, b"begin 644 a\n`\n", n)


@kind(1_000)
def messages_nested(out, n):
    out(HEAD + MIME)
    repeat(out, b"Content-Type: message/rfc822\n\nMIME-Version: 1.0\n", n)
    out(b"Subject: last\n\nbody\n")


@kind(1_000)
def multiparts_nested(out, n):
    out(HEAD + MIME + b"Content-Type: multipart/mixed; boundary=b0\n\n")
    each(out, lambda i: b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (i, i + 1), n)
    out(b"text\n")


@kind(100_000)
def digest(out, n):
    out(HEAD + MIME + b"Subject: x\nContent-Type: multipart/digest; boundary=b\n\n")
    repeat(out, b"--b\n\nSubject: y\nFrom: a@example.org\n\nbody\n", n)
    out(b"--b--\n")


@kind(100_000)
def received(out, n):
    repeat(out, b"Received: from a by b (((; Thu, 01 Jan 2026 12:00:00 +0000\n", n)
    out(HEAD + b"Subject: x\n\nbody\n")


@kind(1_000_000)
def dates(out, n):
    out(b"From: a@example.org\nSubject: x\nDate: ")
    repeat(out, b"(x) Thu,", n)
    out(b"\n\nbody\n")


@kind(1_000_000)
def stars(out, n):
    """For ":matches" with many wildcards, and expressions that turn back."""
    out(HEAD + b"Subject: ")
    repeat(out, b"ab*", n)
    out(b"\n\n")
    repeat(out, b"a", n)
    out(b"!\n")


@kind(2_000_000)
def from_lines(out, n):
    out(HEAD + b"Subject: x\n\n")
    repeat(out, b">From \nFrom x\n", n)


@kind(10_000_000)
def empty_lines(out, n):
    out(HEAD + b"Subject: x\n\n")
    repeat(out, b"\n", n)


def write(name, count, path):
    with open(path, "wb") as file:
        KINDS[name][0](file.write, count)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        for name, (_, large) in KINDS.items():
            print(name, large)
    else:
        write(sys.argv[1], int(sys.argv[2]), sys.argv[3])
