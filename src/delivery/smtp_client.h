/* smtp_client - hand one message to the server that the site has named, by SMTP or LMTP
 * RFC 5321; RFC 2033 (LMTP)
 *
 * The message is read twice: once to know what the server must be told of it before (its size, what bytes it
 * is made of), which also finds out that it can be read, and once to send it.  So it takes neither memory nor
 * disk.
 *
 * Nothing is encrypted and nobody is asked for a password: the server is on this host or in this house.
 *
 * RFC 5321, 4.5.3.2 would wait for minutes at each step.  An MTA waits for us, so all of it has
 * `submission_timeout_s`; only the answer to the message itself may take all that is left of them, for who
 * hangs up there may have the message delivered twice. */
#ifndef DELIVERY_SMTP_CLIENT_H
#define DELIVERY_SMTP_CLIENT_H

#include "delivery/submit.h"

/* Hands `mail` to the server of the setting `submission`.  True, and false and `why`, as of submit_mail.
 *
 * A recipient that is put off when it is named has all of them wait, as nothing has happened yet; one that is
 * refused keeps nobody else from getting it.  By LMTP a server can do both after it had all of the message:
 * then whom it took it for has it, and the others do not get it. */
bool smtp_submit(const Config *config, const Outgoing *mail, Failure *why);

#endif
