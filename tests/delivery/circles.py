"""circles.py - the stories of circles.sh: rules, mail, and what lies where in the end

    circles.py SCRATCH

Each story gives people rules, sends mail, waits until Postfix's queue is empty, and then takes every mailbox for
exactly the messages that it names: `original` is one byte for byte, with nothing but trace fields in front;
`answer`, `refusal`, `bounced` and `told` are written by machines, and are looked at by Python's parser.
"""
import email
import email.policy
import email.utils
import os
import pwd
import re
import shutil
import smtplib
import subprocess
import sys
import time

SCRATCH, PORT = sys.argv[1], 2525
PEOPLE = ("ann", "bea", "cid", "dora", "carol")
HOMES = {name: "%s/homes/%s" % (SCRATCH, name) for name in PEOPLE}
HOMES["stranger"] = SCRATCH + "/other"  # who is postmaster
QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
BOUND_S = 15
AWAY_TEXT, NEWS = "This is %s, who is away.", "There is mail."
DATE = r"\w{3}, \d+ \w{3} \d{4} \d\d:\d\d:\d\d [-+]\d{4} \(\w+\)"
seen_ids = set()


def address(name):
    return name + "@mail.example"


def mail(number, subject="hello", by="carol", to="ann", fields=""):
    """A message whose bytes show whether anything was done to them."""
    return ("From: %s Example <%s>\nTo: %s\nSubject:  %s\n  and so on\n"
            "Date: Thu, 01 Jan 2026 12:00:00 +0000\nMessage-ID: <%s@%s.example>\n%sX-Odd:a\n\t \tb \n\n"
            "Body %s, gr\u00fc\u00df.\nFrom here on\n>From there\n.\n..\nblanks \n\n\n"
            % (by.capitalize(), address(by), to if "@" in to else address(to), subject, number, by, fields, number)).encode()


# ---- the stage

def furnish(name, rules):
    home, user = HOMES[name], pwd.getpwnam(name)
    for entry in os.listdir(home):
        path = os.path.join(home, entry)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    for part in ("", "/new", "/cur", "/tmp"):
        os.mkdir(home + "/Maildir" + part, 0o700)
        os.chown(home + "/Maildir" + part, user.pw_uid, user.pw_gid)
    if rules:
        with open(home + "/.sieve", "w", encoding="utf-8") as f:
            f.write(rules)
        os.chmod(home + "/.sieve", 0o600)
        os.chown(home + "/.sieve", user.pw_uid, user.pw_gid)


def queued(queues=QUEUES):
    return [path for queue in queues for path in files_below(SCRATCH + "/postfix/queue/" + queue)]


def settled(queues=QUEUES):
    """Empty, and still so a little later: a message is in its new queue before it leaves the old one, but the
    walk may have passed that already."""
    end, empty = time.monotonic() + BOUND_S, 0
    while empty < 4:
        empty = 0 if queued(queues) else empty + 1
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def transmit(sender, to, data):
    with smtplib.SMTP("127.0.0.1", PORT) as client:
        client.sendmail(sender and address(sender), [address(to)], data.replace(b"\n", b"\r\n"),
                        mail_options=["BODY=8BITMIME"])


def files_below(path):
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


def mailbox(name):
    found = []
    for path in files_below(HOMES[name] + "/Maildir"):
        if os.path.basename(os.path.dirname(path)) in ("new", "cur", "tmp"):
            with open(path, "rb") as f:
                found.append(f.read())
    return found + records(HOMES[name] + "/inbox")


def records(path):
    """The messages of an mbox, as Postfix handed them over."""
    if not os.path.exists(path):
        return []
    with open(path, "rb") as f:
        parts = re.split(rb"(?m)^From \S+ +\w{3} \w{3} [ \d]\d [\d:]+ \d{4}\n", f.read())
    return [re.sub(rb"(?m)^>(>*From )", rb"\1", part[:-1]) for part in parts[1:]]


# ---- what a message should be: functions from its bytes to a list of what is not so

def trace(to):
    return "X-Original-To: %s\nDelivered-To: %s\n" % (re.escape(address(to)), re.escape(address(to)))


def original(data, *way, sender="carol"):
    """`data` as it was sent, with the trace of its way: to the first, who redirected it to the second..."""
    sent = (r"Received: from \[127\.0\.0\.1\] \(localhost \[127\.0\.0\.1\]\)\n"
            r"\tby mail\.example \(Postfix\) with ESMTP id \w+\n\tfor <%s>; %s\n")
    front = trace(way[0]) + sent % (re.escape(address(way[0])), DATE)
    for before, name in zip(way, way[1:]):
        uid = pwd.getpwnam(before.split("+")[0]).pw_uid
        front = (trace(name) + r"Received: by mail\.example \(Postfix, from userid %d\)\n\tid \w+; %s\n" % (uid, DATE)
                 + "X-Sieve-Redirected-From: %s\n" % re.escape(address(before)) + front)
    front = "Return-Path: <%s>\n" % (sender and address(sender)) + front

    def check(stored):
        if not stored.endswith(data):
            return ["it does not end in the message that was sent", "that has its header, or body, changed"]
        found = stored[:-len(data)].decode()
        return [] if re.fullmatch(front, found) else ["the fields in front are not those of %s" % " > ".join(way)]
    return check


def parsed(stored, problems):
    message = email.message_from_bytes(stored, policy=email.policy.default)
    for part in message.walk():
        problems += ["%s has %r" % (part.get_content_type(), defect) for defect in part.defects]
        problems += ["%s has %r" % (name, defect) for name, value in part.items()
                     for defect in getattr(value, "defects", ())]
    for name in ("Date", "Message-ID", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"):
        if len(message.get_all(name, [])) != 1:
            problems.append("%d fields %s" % (len(message.get_all(name, [])), name))
    if not problems and email.utils.parsedate_to_datetime(message["Date"]) is None:
        problems.append("no date")
    return message


def by_machine(to, sender="", **fields):
    """Its header fields; a field whose value is None must not be there."""
    def check(stored):
        problems = []
        message = parsed(stored, problems)
        wanted = {"Return-Path": "<%s>" % (sender and address(sender)), "X-Original-To": address(to),
                  "Delivered-To": address(to)}
        wanted.update((name.replace("_", "-"), value) for name, value in fields.items())
        for name, value in wanted.items():
            found = message.get(name)
            if (found if found is None else str(found).strip()) != value:
                problems.append("%s is %r, and should be %r" % (name, found, value))
        if not problems and message["Message-ID"] in seen_ids:
            problems.append("its Message-ID was seen before")
        return problems, message
    return check


def full_name(name):
    return "%s Example <%s>" % (name.capitalize(), address(name))


def answer(by, to, number, text=None, **fields):
    """A vacation response (RFC 5230, 5; RFC 3834, 3.1)."""
    of = "<%s@%s.example>" % (number, to)
    known = dict(From=address(by), To=full_name(to), Subject="Auto: hello  and so on", In_Reply_To=of, References=of,
                 Auto_Submitted="auto-replied (vacation)", Precedence="bulk")
    known.update(fields)
    head = by_machine(to, **known)

    def check(stored):
        problems, message = head(stored)
        if message.get_content_type() != "text/plain":
            return problems + ["it is %s" % message.get_content_type()]
        wanted = (text or AWAY_TEXT % by) + "\n"
        if message.get_content() != wanted:
            problems.append("it says %r, and should say %r" % (message.get_content(), wanted))
        return problems
    return check


def report(message, kind, problems):
    """The parts of a multipart/report: text, fields by group, what was returned."""
    parts = message.get_payload() if message.is_multipart() else []
    if message.get_content_type() != "multipart/report" or message.get_param("report-type") != kind or len(parts) != 3:
        problems.append("it is no multipart/report of %s" % kind)
        return "", [], ""
    if parts[1].get_content_type() != "message/" + kind:
        problems.append("its second part is %s" % parts[1].get_content_type())
    body = parts[1].get_payload()
    groups = [str(group) for group in body] if isinstance(body, list) else [str(body)]
    fields = email.message_from_string("\n".join(group.strip() for group in groups))
    return parts[0].get_content(), fields, parts[2]


def need(fields, problems, **wanted):
    for name, value in wanted.items():
        found = fields[name.replace("_", "-")]
        if found is None or re.sub(r"; *", ";", found) != value:
            problems.append("the report's %s is %r, and should be %r" % (name.replace("_", "-"), found, value))


def refusal(by, data, text, number, kind):
    """A refusal by mail: "disposition-notification" (RFC 5429, 2.2; RFC 8098) or "delivery-status" (2.1.2)."""
    of = "<%s@carol.example>" % number
    sender = "Postmaster <%s>" % address("postmaster") if kind == "delivery-status" else address(by)
    head = by_machine("carol", From=sender, To=address("carol"),
                      Subject="Rejected: hello  and so on", In_Reply_To=of, References=of,
                      Auto_Submitted="auto-replied (rejected)")

    def check(stored):
        problems, message = head(stored)
        said, fields, returned = report(message, kind, problems)
        if problems:
            return problems
        if "\n%s\n" % text not in said or address(by) not in said:
            problems.append("the reason is not told: %r" % said)
        need(fields, problems, Final_Recipient="rfc822;" + address(by), Original_Recipient="rfc822;" + address(by))
        if kind == "delivery-status":
            need(fields, problems, Action="failed", Status="5.7.1")
        else:
            need(fields, problems, Original_Message_ID=of, Disposition="automatic-action/MDN-sent-automatically;deleted")
        header, _, body = data.partition(b"\n\n")
        if returned.get_content_type() != "text/rfc822-headers" or b"\n" + header + b"\n" not in stored:
            problems.append("the header is not returned as it was")
        if b"From here on" in stored:
            problems.append("the body is returned")
        return problems
    return check


def bounced(recipient, data, text, status):
    """Postfix's word for a message that could not be delivered; with all of that."""
    head = by_machine("carol", From="Mail Delivery System <%s>" % address("MAILER-DAEMON"), To=address("carol"),
                      Subject="Undelivered Mail Returned to Sender", Auto_Submitted="auto-replied")

    def check(stored):
        problems, message = head(stored)
        said, fields, returned = report(message, "delivery-status", problems)
        if problems:
            return problems
        if text not in re.sub(r"\s+", " ", said):
            problems.append("%r is not told: %r" % (text, said))
        need(fields, problems, Final_Recipient="rfc822;" + address(recipient), Action="failed", Status=status)
        if data not in stored:
            problems.append("the message is not returned as it was")
        return problems
    return check


def told(by, to, sender=None):
    """A notification (RFC 5436, 2.7); without a sender when the message that it is about has none."""
    head = by_machine(to, sender=by if sender is None else sender, From=address(by), To=address(to), Subject=NEWS,
                      In_Reply_To=None, References=None, Precedence="bulk",
                      Auto_Submitted='auto-notified; owner-email="%s"' % address(by))

    def check(stored):
        problems, message = head(stored)
        if message.get_content_type() != "text/plain" or message.get_content() != NEWS + "\n":
            problems.append("it says %r" % message.as_string())
        return problems
    return check


def holding(data):
    """Whatever it is, it has the message within."""
    return lambda stored: [] if data in stored else ["the message is not within"]


# ---- telling

def match(name, expected):
    """What is in the mailbox is what was expected: as many, each by one of them."""
    left, problems = list(expected), []
    found = mailbox(name)
    if len(found) != len(expected):
        problems.append("%d messages for %s, and should be %d" % (len(found), name, len(expected)))
    for stored in found:
        if not left:
            problems += ["one too many:"] + stored.decode("latin-1").split("\n")
            continue
        wrong, best = min(((check(stored), check) for check in left), key=lambda pair: len(pair[0]))
        left.remove(best)
        if wrong:
            problems += ["for %s: %s" % (name, what) for what in wrong] + stored.decode("latin-1").split("\n")
        message_id = email.message_from_bytes(stored)["Message-ID"]
        if not re.search(r"@(ann|bea|carol)\.example>$", message_id):
            seen_ids.add(message_id)
    return problems


def story(what, rules, sent, said={}, **boxes):
    begin(rules)
    for sender, to, data in sent:
        transmit(sender, to, data)
        if not settled():
            break
    end(what, boxes, said)


def begin(rules):
    for name in HOMES:
        furnish(name, rules.get(name, CAROL if name == "carol" else ""))


def log(name):
    if not os.path.exists(HOMES[name] + "/.sieve.log"):
        return []
    with open(HOMES[name] + "/.sieve.log", encoding="utf-8") as f:
        return [line for line in f.read().split("\n") if line and not re.match(r"\w{3}, .*:$", line)]


def end(what, boxes, said={}):
    problems = [] if not queued() else ["after %d s the queue holds %s" % (BOUND_S, queued())]
    for name in HOMES:
        problems += match(name, boxes.get(name, []))
        told_of = said.get(name, [])
        if len(log(name)) != len(told_of) or any(words not in line for words, line in zip(told_of, log(name))):
            problems.append("%s should have been told: %s" % (name, told_of))
        problems += ["left behind: " + path for path in files_below(HOMES[name]) if re.search(r"/journal/|\.lock$", path)]
    tell(what, problems)


def tell(what, problems):
    print("no" if problems else "ok", what)
    if problems:
        problems = problems + ["%s was told: %s" % (name, line) for name in HOMES for line in log(name)]
        print("\n".join(problems[:120]))
    sys.stdout.flush()


REQUIRE = 'require ["vacation", "copy", "reject", "ereject", "enotify", "duplicate", "fileinto"];\n'


def away(name, *addresses):
    mine = ", ".join('"%s"' % address(a) for a in (name,) + addresses)
    return 'vacation :from "%s" :addresses [%s] "%s";\n' % (address(name), mine, AWAY_TEXT % name)


def redirect(to, copy=False):
    return 'redirect %s"%s";\n' % (":copy " if copy else "", address(to))


def notify(whom):
    return 'notify :message "%s" "mailto:%s";\n' % (NEWS, address(whom))


FROM_THERE = "kept instead: this message was redirected from there before"
OWN = "kept instead: it is the recipient's own address"
DROPPED = "dropped, and nobody was told: its envelope sender is null"
CAROL = REQUIRE + away("carol")

M = mail(1)

# ---- redirects in circles (RFC 5228, 4.2 and 10): the one who would close the circle keeps the message
story("two who redirect to each other: one message, at the second",
      {"ann": REQUIRE + redirect("bea") + away("ann"), "bea": REQUIRE + redirect("ann") + away("bea")},
      [("carol", "ann", M)],
      bea=[original(M, "ann", "bea")], carol=[answer("ann", "carol", 1)],
      said={"bea": [FROM_THERE]})
story("the same with :copy: one each",
      {"ann": REQUIRE + redirect("bea", True) + away("ann"), "bea": REQUIRE + redirect("ann", True) + away("bea")},
      [("carol", "ann", M)],
      ann=[original(M, "ann")], bea=[original(M, "ann", "bea")], carol=[answer("ann", "carol", 1)],
      said={"bea": [FROM_THERE]})
story("one with :copy, one without, and each answers for the other's address too",
      {"ann": REQUIRE + redirect("bea", True) + away("ann", "bea"),
       "bea": REQUIRE + redirect("ann") + away("bea", "ann")},
      [("carol", "ann", M)],
      ann=[original(M, "ann")], bea=[original(M, "ann", "bea")], carol=[answer("ann", "carol", 1), answer("bea", "carol", 1)],
      said={"bea": [FROM_THERE]})
story("three in a circle: one message, at the third",
      {"ann": REQUIRE + redirect("bea"), "bea": REQUIRE + redirect("cid"),
       "cid": REQUIRE + redirect("ann") + away("cid", "ann")},
      [("carol", "ann", M)],
      cid=[original(M, "ann", "bea", "cid")], carol=[answer("cid", "carol", 1)],
      said={"cid": [FROM_THERE]})
story("three in a circle with :copy, all of them away for all addresses",
      {"ann": REQUIRE + redirect("bea", True) + away("ann"), "bea": REQUIRE + redirect("cid", True) + away("bea", "ann"),
       "cid": REQUIRE + redirect("ann", True) + away("cid", "ann")},
      [("carol", "ann", M)],
      ann=[original(M, "ann")], bea=[original(M, "ann", "bea")], cid=[original(M, "ann", "bea", "cid")],
      carol=[answer("ann", "carol", 1), answer("bea", "carol", 1), answer("cid", "carol", 1)],
      said={"cid": [FROM_THERE]})
story("one who redirects to a plus address of his own gets it once",
      {"ann": REQUIRE + redirect("ann+more") + away("ann")}, [("carol", "ann", M)],
      ann=[original(M, "ann", "ann+more")], carol=[answer("ann", "carol", 1)],
      said={"ann": [OWN]})
story("and so does one who does that from one plus address to another",
      {"ann": REQUIRE + redirect("ann+other")}, [("carol", "ann+more", M)],
      ann=[original(M, "ann+more", "ann+other")],
      said={"ann": [OWN]})
story("two who redirect to plus addresses of each other",
      {"ann": REQUIRE + redirect("bea+from.ann"), "bea": REQUIRE + redirect("ann+from.bea")}, [("carol", "ann", M)],
      ann=[original(M, "ann", "bea+from.ann", "ann+from.bea")],
      said={"ann": [FROM_THERE]})
story("the sender of it is in the circle: he gets his own message once, and answers nobody",
      {"ann": REQUIRE + redirect("bea"), "bea": REQUIRE + redirect("ann") + away("bea", "ann")}, [("bea", "ann", mail(1, by="bea"))],
      bea=[original(mail(1, by="bea"), "ann", "bea", sender="bea")],
      said={"bea": [FROM_THERE]})

# ---- refusals (RFC 5429)
story("reject in ASCII: Postfix bounces it, with our words (2.1.1)",
      {"ann": REQUIRE + 'reject "No thanks, I have all of this.";'}, [("carol", "ann", M)],
      carol=[bounced("ann", M, "<ann@mail.example>: No thanks, I have all of this.", "5.7.1")])
story("reject beyond ASCII: word of it by mail, with our words (2.2)",
      {"ann": REQUIRE + 'reject "Nein danke, sch\u00f6n.";'}, [("carol", "ann", M)],
      carol=[refusal("ann", M, "Nein danke, sch\u00f6n.", 1, "disposition-notification")])
story("ereject: Postfix bounces it, with our words (2.1)",
      {"ann": REQUIRE + 'ereject "Not this.";'}, [("carol", "ann", M)],
      carol=[bounced("ann", M, "<ann@mail.example>: Not this.", "5.7.1")])
story("ereject beyond ASCII: Postfix bounces it, in other words",
      {"ann": REQUIRE + 'ereject "Nein, sch\u00f6n.";'}, [("carol", "ann", M)],
      carol=[bounced("ann", M, "<ann@mail.example>: the recipient's rules refuse this message", "5.7.1")])
story("ereject by mail, where the MTA is not to be asked (2.1.2)",
      {"cid": REQUIRE + 'ereject "Nein, sch\u00f6n.";'}, [("carol", "cid", mail(1, to="cid"))],
      carol=[refusal("cid", mail(1, to="cid"), "Nein, sch\u00f6n.", 1, "delivery-status")])
story("a message that was redirected is refused: its sender hears of it once",
      {"ann": REQUIRE + redirect("bea"), "bea": REQUIRE + 'reject "Not here.";'}, [("carol", "ann", M)],
      carol=[bounced("bea", M, "<bea@mail.example>: Not here.", "5.7.1")])
story("a refusal is not refused: a null sender is told nothing",
      {"ann": REQUIRE + 'reject "N\u00f6.";', "carol": REQUIRE + 'reject "N\u00f6.";'}, [("carol", "ann", M)],
      said={"carol": [DROPPED]})

# ---- where a redirect does not arrive
story("a redirect to nobody: the sender of the message hears of it, once",
      {"ann": REQUIRE + redirect("missing") + away("ann")}, [("carol", "ann", M)],
      carol=[bounced("missing", M, "unknown user", "5.1.1"), answer("ann", "carol", 1)])
story("the bounce comes round the same way: it ends at the postmaster",
      {"ann": REQUIRE + redirect("missing"), "carol": REQUIRE + redirect("ann") + away("carol")}, [("carol", "ann", M)],
      stranger=[holding(M)])

# ---- answers (RFC 5230, 4.5 and 4.6; RFC 3834, 2)
A, B = mail(1, by="ann", to="bea"), mail(2, by="bea", to="ann")
A2, B2 = mail(3, by="ann", to="bea"), mail(4, by="bea", to="ann")
story("two who are away and write to each other: one answer each, however often",
      {"ann": REQUIRE + away("ann"), "bea": REQUIRE + away("bea")},
      [("ann", "bea", A), ("bea", "ann", B), ("ann", "bea", A2), ("bea", "ann", B2)],
      ann=[original(B, "ann", sender="bea"), original(B2, "ann", sender="bea"), answer("bea", "ann", 1)],
      bea=[original(A, "bea", sender="ann"), original(A2, "bea", sender="ann"), answer("ann", "bea", 2)])
story("one whose address is only in the envelope does not answer",
      {"bea": REQUIRE + away("bea")}, [("carol", "bea", M)], bea=[original(M, "bea")])

# ---- mail that nobody should answer, to all rules
ALL = {"ann": REQUIRE + redirect("bea", True) + away("ann"),
       "bea": REQUIRE + 'reject "No.";',
       "cid": REQUIRE + notify("carol") + away("cid")}


def to_all(sender, fields):
    return {to: mail(number, to=to, fields=fields) for number, to in enumerate(("ann", "bea", "cid"), 1)}


for what, sender, fields, outcome in (
        ("a null sender", "", "", "dropped"), ("a List-Id", "carol", "List-Id: <birds.example>\n", "kept"),
        ("Precedence: bulk", "carol", "Precedence: bulk\n", "bounced"),
        ("Precedence: list", "carol", "Precedence: list\n", "bounced"),
        ("Auto-Submitted", "carol", "Auto-Submitted: auto-generated\n", "bounced")):
    m = to_all(sender, fields)
    refused, kept, words = [], [], []
    if outcome == "bounced":
        refused = [bounced("bea", m[to], "<bea@mail.example>: No.", "5.7.1") for to in ("ann", "bea")]
    if outcome == "dropped":
        words = [DROPPED, DROPPED]
    if outcome == "kept":
        words = ["not refused, kept instead: it came from a mailing list"] * 2
        kept = [original(m["ann"], "ann", "bea"), original(m["bea"], "bea")]
    notified = [] if what == "Auto-Submitted" else [told("cid", "carol", sender=sender and "cid")]
    story("nobody answers a message with %s, whoever gets it" % what, ALL, [(sender, to, m[to]) for to in m],
          ann=[original(m["ann"], "ann", sender=sender)], bea=kept, cid=[original(m["cid"], "cid", sender=sender)],
          carol=refused + notified, said={"bea": words})

# ---- notifications (RFC 5436)
story("one who is told of a message, and is away, does not answer; the sender is answered",
      {"ann": REQUIRE + notify("bea") + away("ann"), "bea": REQUIRE + away("bea")},
      [("carol", "ann", M)],
      ann=[original(M, "ann")], bea=[told("ann", "bea")], carol=[answer("ann", "carol", 1)])
story("two who have each other told of their mail: of word of mail nobody is told",
      {"ann": REQUIRE + notify("bea"),
       "bea": REQUIRE + notify("ann")},
      [("carol", "ann", M)], ann=[original(M, "ann")], bea=[told("ann", "bea")])

# ---- the same message twice
TWICE = mail(1).replace(b"Body 1", b"Body 1 again")
story("the same Message-ID twice: it is redirected once, and then kept",
      {"ann": REQUIRE + redirect("bea")}, [("carol", "ann", M), ("carol", "ann", TWICE)],
      ann=[original(TWICE, "ann")], bea=[original(M, "ann", "bea")],
      said={"ann": ["not redirected to bea@mail.example, kept instead: this message was redirected there before"]})
story("and one who looks for duplicates has it once, and answers once",
      {"ann": REQUIRE + "if duplicate { discard; stop; }\n" + redirect("bea", True) + away("ann")},
      [("carol", "ann", M), ("carol", "ann", TWICE)],
      ann=[original(M, "ann")], bea=[original(M, "ann", "bea")], carol=[answer("ann", "carol", 1)])
story("both ways round at once: ann has it twice, bea too, and neither loops",
      {"ann": REQUIRE + redirect("bea", True), "bea": REQUIRE + redirect("ann", True)},
      [("carol", "ann", M), ("carol", "bea", M)],
      ann=[original(M, "ann"), original(M, "bea", "ann")], bea=[original(M, "bea"), original(M, "ann", "bea")],
      said={"ann": [FROM_THERE], "bea": [FROM_THERE]})

# ---- a delivery that fails behind what has left: the next try does the rest, and that is no duplicate
DORA = mail(1, to="dora")
ONCE = {"ann": [told("dora", "ann")], "bea": [original(DORA, "dora", "bea")], "carol": [answer("dora", "carol", 1)]}
begin({"dora": REQUIRE + "if duplicate { discard; stop; }\n" + redirect("bea", True) + away("dora") + notify("ann")})
with open(HOMES["dora"] + "/inbox.lock", "w") as lock:
    lock.write("%d:%s" % (os.getpid(), os.uname().nodename))
transmit("carol", "dora", DORA)
settled([queue for queue in QUEUES if queue != "deferred"])
missed = [problem for name in HOMES for problem in match(name, ONCE.get(name, []))]
if len(queued(["deferred"])) != 1:
    missed.append("%d messages are deferred" % len(queued(["deferred"])))
tell("a locked mailbox: what leaves has left, and Postfix has the message", missed)
os.remove(HOMES["dora"] + "/inbox.lock")
seen_ids.clear()
subprocess.run(["postqueue", "-f"], check=True)
settled()
end("the next try does the rest: one message, one redirect, one answer, one word", dict(ONCE, dora=[original(DORA, "dora")]))
