"""postfix.py - the clients of postfix.sh: send real mail, read it back and compare

    loopback                          bring the loopback interface of this network up
    send CORPUS N TO TO               N real messages to each TO@mail.example; prints how many
    flagged N TO TO                   N messages from flagged@ to each
    dovecot T USER USER               print a configuration of Dovecot for the users
    imap|pop3 USER WITNESS            compare all of USER's mail with what the witness wrote down
    flags USER, folders USER          what IMAP says about them
    mbox FILE FILE                    two mboxes hold the same messages
"""
import fcntl
import glob
import imaplib
import os
import poplib
import re
import smtplib
import socket
import struct
import sys
from collections import Counter

SMTP, IMAP, POP3 = 2525, 2143, 2110
poplib._MAXLINE = 1 << 24
imaplib._MAXLINE = 1 << 24


def loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        name = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(s, 0x8913, name))[1]  # SIOCGIFFLAGS
        fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", flags | 1))  # SIOCSIFFLAGS, IFF_UP


# ---- sending

def suitable(data):
    """Mail that an SMTP client could send: a header first, no NUL (IMAP cannot show it),
    lines that Postfix takes."""
    return (re.match(rb"[!-9;-~]+:", data) and b"\0" not in data and len(data) < 500_000
            and not re.search(rb"[^\n]{2000}", data) and not re.search(rb"\r(?!\n)", data))


def transmit(messages, sender):
    sent = Counter()
    with smtplib.SMTP("127.0.0.1", SMTP) as client:
        for to, data in messages:
            data = re.sub(rb"\r?\n", b"\r\n", data)
            client.sendmail(sender, [to + "@mail.example"], data, mail_options=["BODY=8BITMIME"])
            sent[to] += 1
    return sent


def send(corpus, number, *recipients):
    files = sorted(glob.glob(corpus + "/*/*.eml"))
    chosen = [d for d in (open(f, "rb").read() for f in files) if suitable(d)]
    number = int(number)
    step = max(1, len(chosen) // (number * len(recipients)))
    chosen = chosen[::step][:number * len(recipients)]
    jobs = [(recipients[i % len(recipients)], d) for i, d in enumerate(chosen)]
    sent = transmit(jobs, "real@sender.example")
    print(*(sent[r] for r in recipients))


def flagged(number, *recipients):
    text = b"From: a@sender.example\nTo: b@mail.example\nSubject: flagged %d\nMessage-ID: <flagged-%d@sender.example>\n\nmarked\n"
    transmit([(r, text % (i, i)) for r in recipients for i in range(int(number))], "flagged@sender.example")


# ---- Dovecot

def dovecot(scratch, *users):
    base = scratch + "/dovecot"
    with open(base + "/users", "w") as f:
        for line in open("/etc/passwd"):
            name, _, uid, gid, _, home, _ = line.rstrip("\n").split(":")
            if name in users:
                maildir = os.path.isdir(home + "/Maildir")
                where = "maildir:~/Maildir" if maildir else "mbox:~/mail:INBOX=/var/mail/%s" % name
                f.write("%s:{PLAIN}pass:%s:%s::%s::userdb_mail=%s\n" % (name, uid, gid, home, where))
    os.chmod(base + "/users", 0o644)
    print(f"""
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
first_valid_uid = 1
mail_privileged_group = mail
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {IMAP}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {POP3}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = {base}/users
}}
userdb {{
  driver = passwd-file
  args = {base}/users
}}
namespace inbox {{
  inbox = yes
}}
""")


def connect(user):
    client = imaplib.IMAP4("127.0.0.1", IMAP)
    client.login(user, "pass")
    return client


def folder_names(client):
    ok, lines = client.list()
    return sorted(re.search(rb'(?:"([^"]*)"|(\S+))$', line).group(0).decode().strip('"') for line in lines)


def over_imap(user):
    client = connect(user)
    for folder in folder_names(client):
        client.select('"%s"' % folder, readonly=True)
        ok, numbers = client.search(None, "ALL")
        for number in numbers[0].split():
            ok, parts = client.fetch(number, "(BODY.PEEK[])")
            yield parts[0][1]
    client.logout()


def over_pop3(user):
    client = poplib.POP3("127.0.0.1", POP3)
    client.user(user)
    client.pass_("pass")
    for number in range(1, client.stat()[0] + 1):
        yield b"\r\n".join(client.retr(number)[1]) + b"\r\n"
    client.quit()


def flags(user):
    client = connect(user)
    client.select("INBOX", readonly=True)
    ok, lines = client.fetch("1:*", "(FLAGS)")
    seen = Counter()
    for line in lines:
        names = [f.decode().lower() for f in imaplib.ParseFlags(line)]
        if "\\flagged" in names:
            seen[" ".join(sorted(n for n in names if n != "\\recent"))] += 1
    for names, count in seen.items():
        print(count, "with", names.replace("\\flagged", "\\Flagged").replace("\\seen", "\\Seen"))


# ---- comparing

def essence(data, quoted=False):
    """A message as it was before delivery put its fields in front, whatever its line ends."""
    data = re.sub(rb"\r*\n", b"\n", data)
    data = data[data.index(b"Received: "):]
    if quoted:
        head, separator, body = data.partition(b"\n\n")
        data = head + separator + re.sub(rb"(?m)^>(>*From )", rb"\1", body)
    return data.rstrip(b"\n")


def compare(found, wanted):
    missing, extra = wanted - found, found - wanted
    for what, messages in (("missing", missing), ("unexpected", extra)):
        for message, count in list(messages.items())[:3]:
            print(what, count, "x:", message[:2000].decode("latin-1"))
            print("-" * 60)
    print("%d messages, %d missing, %d unexpected" % (sum(found.values()), sum(missing.values()), sum(extra.values())))
    sys.exit(bool(missing or extra or not found))


def witnessed(path, user):
    """What Postfix handed over for the user: the witness's address says whose copy it was."""
    tag = b"witness+b@" if user == "boxer" else b"witness+m@"
    for name in os.listdir(path):
        data = open(path + "/" + name, "rb").read()
        if tag in data[:data.index(b"Received: ")]:
            yield data


def readback(reader, user, witness):
    """POP3 shows the inbox only: what is there must have been handed over, once; IMAP shows all."""
    quoted = user == "boxer"
    found = Counter(essence(d, quoted) for d in reader(user))
    wanted = Counter(essence(d) for d in witnessed(witness, user))
    if reader is over_pop3:
        client = connect(user)
        client.select("INBOX", readonly=True)
        ok, numbers = client.search(None, "ALL")
        if len(numbers[0].split()) != sum(found.values()):
            print("IMAP shows %d messages in the inbox, POP3 %d" % (len(numbers[0].split()), sum(found.values())))
            sys.exit(1)
        wanted &= found
    compare(found, wanted)


def records(path):
    data = open(path, "rb").read()
    for record in re.split(rb"(?m)^(?=From \S+ +\w\w\w \w\w\w [ \d]\d [\d:]+ \d{4}\n)", data):
        if record:
            record = record.split(b"\n", 1)[1]
            head, separator, body = record.partition(b"\n\n")
            own = (b"status:", b"x-status:", b"content-length:", b"lines:", b"x-uid:", b"x-keywords:", b"x-imapbase:")
            head = b"\n".join(l for l in head.split(b"\n") if not l.lower().startswith(own))
            yield (head + separator + body).rstrip(b"\n")


def mbox(found, wanted):
    compare(Counter(records(found)), Counter(records(wanted)))


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command in ("imap", "pop3"):
        readback(over_imap if command == "imap" else over_pop3, *arguments)
    elif command == "folders":
        print(*folder_names(connect(*arguments)), sep="\n")
    else:
        {"loopback": loopback, "send": send, "flagged": flagged, "dovecot": dovecot, "flags": flags, "mbox": mbox}[command](*arguments)
