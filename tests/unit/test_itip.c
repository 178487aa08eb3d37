/* test_itip - what becomes of a stored object when a message comes: RFC 5546, as RFC 9671 has it processed */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "message/itip.h"

#define ANN       "ORGANIZER:mailto:ann@example.org\r\n"
#define BOB       "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@example.net\r\n"
#define BOB_COMES "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.net\r\n"
#define BOB_SAID(status, stamp) \
	"ATTENDEE;PARTSTAT=" status ";X-REPLY-DTSTAMP=20260101T" stamp "Z:mailto:bob@exam\r\n ple.net\r\n"
#define CAROL "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:carol@example.net\r\n"

#define CALENDAR(method, content) \
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" method content "END:VCALENDAR\r\n"
#define METHOD(name) "METHOD:" name "\r\n"
/* An event: SEQUENCE and DTSTAMP, then what else it has. */
#define EVENT(sequence, stamp, content)                                                              \
	"BEGIN:VEVENT\r\nUID:u1\r\nSEQUENCE:" sequence "\r\nDTSTAMP:20260101T" stamp "Z\r\n" content \
	"END:VEVENT\r\n"
#define START                          "DTSTART:20260201T120000Z\r\n"
#define MEETING(sequence, stamp, more) EVENT(sequence, stamp, START ANN BOB more)
#define INSTANCE                       "RECURRENCE-ID:20260208T120000Z\r\n"
#define WEEKLY                         "RRULE:FREQ=WEEKLY\r\n"
#define ALARM                          "BEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM\r\n"
#define STORED(content)                CALENDAR("", content)
#define REQUEST(content)               CALENDAR(METHOD("REQUEST"), content)
#define CANCEL(content)                CALENDAR(METHOD("CANCEL"), content)
#define REPLY(content)                 CALENDAR(METHOD("REPLY"), content)

enum {
	PUBLIC = 1,
	UPDATES = 2,
	DELETES = 4,
	FOR_ANN = 8
};

/* "OUTCOME: reason", or "OUTCOME" and the object that is to be stored ("removed"). */
static const struct {
	const char *stored, *sent; /* stored NULL: nothing */
	int wishes;
	const char *told;
} stories[] = {
	/* REQUEST: RFC 5546, 3.2.2 */
	{ NULL, REQUEST(MEETING("0", "120000", "")), 0, "added " STORED(MEETING("0", "120000", "")) },
	{ NULL, REQUEST(MEETING("0", "120000", "")), UPDATES, "no_action: only updates are processed" },
	{ NULL, REQUEST(EVENT("0", "120000", START ANN CAROL)), 0,
	  "no_action: the recipient is not among its attendees" },
	{ NULL, REQUEST(EVENT("0", "120000", START BOB)), 0, "error: ORGANIZER is missing" },
	{ NULL, REQUEST(EVENT("0", "120000", START ANN "ATTENDEE:MAILTO:BOB@Example.NET\r\n")), 0,
	  "added " STORED(EVENT("0", "120000", START ANN "ATTENDEE:MAILTO:BOB@Example.NET\r\n")) },
	{ STORED(MEETING("0", "120000", "")), REQUEST(MEETING("1", "120000", "SUMMARY:later\r\n")), 0,
	  "updated " STORED(MEETING("1", "120000", "SUMMARY:later\r\n")) },
	{ STORED(MEETING("0", "120000", "")), REQUEST(MEETING("1", "120000", "")), UPDATES,
	  "updated " STORED(MEETING("1", "120000", "")) },
	/* 2.1.5: by SEQUENCE, then by DTSTAMP */
	{ STORED(MEETING("1", "120000", "")), REQUEST(MEETING("0", "130000", "")), 0,
	  "no_action: it is not newer than what is stored" },
	{ STORED(MEETING("1", "120000", "")), REQUEST(MEETING("1", "120000", "")), 0,
	  "no_action: it is not newer than what is stored" },
	{ STORED(MEETING("1", "120000", "")), REQUEST(MEETING("1", "120001", "")), 0,
	  "updated " STORED(MEETING("1", "120001", "")) },
	{ STORED(MEETING("9", "120000", "")), REQUEST(MEETING("10", "110000", "")), 0,
	  "updated " STORED(MEETING("10", "110000", "")) },
	/* only its organizer changes an object */
	{ STORED(MEETING("0", "120000", "")),
	  REQUEST(EVENT("1", "120000", START "ORGANIZER:mailto:eve@example.org\r\n" BOB)), 0,
	  "no_action: it is not from the organizer of what is stored" },
	{ STORED(EVENT("0", "120000", START)), REQUEST(MEETING("1", "120000", "")), 0,
	  "no_action: it is not from the organizer of what is stored" },
	{ NULL, REQUEST(MEETING("0", "120000", ANN)), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, REQUEST(MEETING("0", "120000", "UID:u2\r\n")), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, CALENDAR(METHOD("REQUEST") METHOD("CANCEL"), MEETING("0", "120000", "")), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, CALENDAR(METHOD("REQUEST") "VERSION:2.0\r\n", MEETING("0", "120000", "")), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, CALENDAR(METHOD("REQUEST") "PRODID:-//z//y//EN\r\n", MEETING("0", "120000", "")), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, REQUEST(MEETING("0", "120000", "DTSTAMP:20260102T120000Z\r\n")), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, REQUEST(MEETING("0", "120000", START)), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, REQUEST(MEETING("0", "120000", "SEQUENCE:1\r\n")), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL, REQUEST(MEETING("0", "120000", INSTANCE "RECURRENCE-ID:20260215T120000Z\r\n")), 0,
	  "no_action: malformed: it says twice what may be said once" },
	{ NULL,
	  REQUEST(MEETING("0", "120000", WEEKLY)
			  EVENT("0", "120000", START INSTANCE "ORGANIZER:mailto:eve@example.org\r\n" BOB)),
	  0, "no_action: malformed: one object of several organizers" },
	/* whether he takes part is the recipient's affair: RFC 9671, 4 */
	{ STORED(EVENT("0", "120000", START ANN BOB_COMES CAROL)),
	  REQUEST(EVENT("1", "120000",
			START ANN BOB "ATTENDEE;PARTSTAT=DECLINED:mailto:carol@example.net\r\n")),
	  0,
	  "updated " STORED(EVENT("1", "120000",
				  START ANN BOB_COMES
				  "ATTENDEE;PARTSTAT=DECLINED:mailto:carol@example.net\r\n")) },
	{ STORED(EVENT("0", "120000", START ANN "ATTENDEE:mailto:bob@example.net\r\n")),
	  REQUEST(EVENT("1", "120000", START ANN BOB_COMES)), 0,
	  "updated " STORED(MEETING("1", "120000", "")) },
	{ STORED(EVENT("0", "120000", START ANN BOB_COMES WEEKLY)), REQUEST(MEETING("0", "120000", INSTANCE)),
	  0,
	  "updated " STORED(EVENT("0", "120000", START ANN BOB_COMES WEEKLY)
				    EVENT("0", "120000", START ANN BOB_COMES INSTANCE)) },
	{ STORED(EVENT("0", "120000", START ANN BOB_COMES WEEKLY)),
	  CANCEL(EVENT("0", "130000", INSTANCE ANN BOB)), 0,
	  "updated " STORED(EVENT("0", "120000", START ANN BOB_COMES WEEKLY) EVENT(
		  "0", "130000",
		  INSTANCE ANN BOB_COMES "DTSTART:20260208T120000Z\r\nSTATUS:CANCELLED\r\n")) },
	{ STORED(EVENT("0", "120000", START ANN "ATTENDEE;PARTSTAT=\"x:y\":mailto:bob@example.net\r\n")),
	  REQUEST(MEETING("1", "120000", "")), 0, "updated " STORED(MEETING("1", "120000", "")) },
	/* alarms are the user's, and attachments stay in the message */
	{ NULL, REQUEST(MEETING("0", "120000", "ATTACH;VALUE=BINARY;ENCODING=BASE64:AAAA\r\n" ALARM)), 0,
	  "added " STORED(MEETING("0", "120000", "")) },
	{ STORED(MEETING("0", "120000", ALARM)), REQUEST(MEETING("1", "120000", "")), 0,
	  "updated " STORED(MEETING("1", "120000", ALARM)) },
	/* a series and what is different in it */
	{ STORED(MEETING("0", "120000", WEEKLY)), REQUEST(MEETING("0", "120000", INSTANCE)), 0,
	  "updated " STORED(MEETING("0", "120000", WEEKLY) MEETING("0", "120000", INSTANCE)) },
	{ STORED(MEETING("1", "120000", WEEKLY)), REQUEST(MEETING("0", "130000", INSTANCE)), 0,
	  "no_action: it is not newer than what is stored" },
	{ STORED(MEETING("0", "120000", WEEKLY) MEETING("0", "120000", INSTANCE)),
	  REQUEST(MEETING("1", "120000", WEEKLY)), 0, "updated " STORED(MEETING("1", "120000", WEEKLY)) },
	{ STORED(MEETING("0", "120000", WEEKLY) MEETING("0", "120000", INSTANCE)),
	  REQUEST(MEETING("0", "130000", WEEKLY)), 0,
	  "updated " STORED(MEETING("0", "130000", WEEKLY) MEETING("0", "120000", INSTANCE)) },
	{ STORED(MEETING("0", "120000", WEEKLY) MEETING("0", "120000", INSTANCE)),
	  REQUEST(MEETING("1", "120000", WEEKLY) MEETING("1", "120000", INSTANCE "SUMMARY:moved\r\n")), 0,
	  "updated " STORED(MEETING("1", "120000", WEEKLY)
				    MEETING("1", "120000", INSTANCE "SUMMARY:moved\r\n")) },
	/* time zones come along */
	{ NULL, REQUEST("BEGIN:VTIMEZONE\r\nTZID:Home\r\nEND:VTIMEZONE\r\n" MEETING("0", "120000", "")), 0,
	  "added " STORED("BEGIN:VTIMEZONE\r\nTZID:Home\r\nEND:VTIMEZONE\r\n" MEETING("0", "120000", "")) },

	{ STORED("BEGIN:VTIMEZONE\r\nTZID:Home\r\nEND:VTIMEZONE\r\n" MEETING("0", "120000", "")),
	  REQUEST("BEGIN:VTIMEZONE\r\nTZID:Home\r\nX-NEW:1\r\nEND:VTIMEZONE\r\n" MEETING("1", "120000", "")),
	  0,
	  "updated " STORED("BEGIN:VTIMEZONE\r\nTZID:Home\r\nX-NEW:1\r\nEND:VTIMEZONE\r\n" MEETING(
		  "1", "120000", "")) },

	/* PUBLISH, and none: RFC 9671, 4.1 */
	{ NULL, CALENDAR(METHOD("PUBLISH"), EVENT("0", "120000", START)), 0,
	  "no_action: it is public calendar data" },
	{ NULL, CALENDAR("", EVENT("0", "120000", START)), 0, "no_action: it is public calendar data" },
	{ NULL, CALENDAR(METHOD("PUBLISH"), EVENT("0", "120000", START)), PUBLIC,
	  "added " STORED(EVENT("0", "120000", START)) },
	{ NULL, CALENDAR("", EVENT("0", "120000", START)), PUBLIC,
	  "added " STORED(EVENT("0", "120000", START)) },
	{ STORED(EVENT("0", "120000", START)), CALENDAR("", EVENT("1", "120000", START)), PUBLIC,
	  "updated " STORED(EVENT("1", "120000", START)) },
	{ STORED(MEETING("0", "120000", "")), CALENDAR("", EVENT("1", "120000", START)), PUBLIC,
	  "no_action: it is not from the organizer of what is stored" },

	/* CANCEL: RFC 5546, 3.2.5; RFC 9671, 4.5 */
	{ NULL, CANCEL(EVENT("1", "120000", ANN BOB)), 0, "no_action: what it cancels is not stored" },
	{ STORED(MEETING("0", "120000", "")), CANCEL(EVENT("1", "130000", ANN BOB)), 0,
	  "updated " STORED(
		  "BEGIN:VEVENT\r\nUID:u1\r\nSEQUENCE:1\r\nDTSTAMP:20260101T130000Z\r\n" START ANN BOB
		  "STATUS:CANCELLED\r\nEND:VEVENT\r\n") },
	{ STORED(MEETING("0", "120000", "")), CANCEL(EVENT("1", "130000", ANN BOB)), DELETES,
	  "updated removed" },
	{ STORED(MEETING("0", "120000", "")), CANCEL(EVENT("0", "130000", ANN)), DELETES,
	  "no_action: the recipient is not among its attendees, or it is older than what is stored" },
	{ STORED(EVENT("0", "120000", START ANN)), CANCEL(EVENT("0", "130000", ANN)), DELETES | PUBLIC,
	  "updated removed" },
	{ STORED(MEETING("1", "140000", "")), CANCEL(EVENT("1", "130000", ANN BOB)), DELETES,
	  "no_action: the recipient is not among its attendees, or it is older than what is stored" },
	{ STORED(MEETING("2", "120000", "")), CANCEL(EVENT("1", "130000", ANN BOB)), DELETES,
	  "no_action: the recipient is not among its attendees, or it is older than what is stored" },
	{ STORED(MEETING("0", "120000", "")), CANCEL(EVENT("1", "130000", ANN CAROL)), DELETES,
	  "no_action: the recipient is not among its attendees, or it is older than what is stored" },
	{ STORED(MEETING("0", "120000", "")),
	  CANCEL(EVENT("1", "130000", "ORGANIZER:mailto:eve@example.org\r\n" BOB)), DELETES,
	  "no_action: it is not from the organizer of what is stored" },
	{ STORED(MEETING("0", "120000", "")), CANCEL(EVENT("1", "130000", BOB)), DELETES,
	  "error: ORGANIZER is missing" },
	/* of one instance */
	{ STORED(MEETING("0", "120000", WEEKLY)), CANCEL(EVENT("0", "130000", INSTANCE ANN BOB)), DELETES,
	  "updated " STORED(MEETING("0", "120000", WEEKLY "EXDATE:20260208T120000Z\r\n")) },
	{ STORED(MEETING("0", "120000", WEEKLY) MEETING("0", "120000", INSTANCE)),
	  CANCEL(EVENT("0", "130000", INSTANCE ANN BOB)), DELETES,
	  "updated " STORED(MEETING("0", "120000", WEEKLY "EXDATE:20260208T120000Z\r\n")) },
	{ STORED(MEETING("0", "120000", INSTANCE)), CANCEL(EVENT("0", "130000", INSTANCE ANN BOB)), DELETES,
	  "updated removed" },
	{ STORED(MEETING("0", "120000", WEEKLY) MEETING("0", "120000", INSTANCE)),
	  CANCEL(EVENT("0", "130000", INSTANCE ANN BOB)), 0,
	  "updated " STORED(MEETING("0", "120000", WEEKLY)
				    MEETING("0", "130000", INSTANCE "STATUS:CANCELLED\r\n")) },
	{ STORED(MEETING("0", "120000", WEEKLY "SUMMARY:tea\r\n")),
	  CANCEL(EVENT("0", "130000", INSTANCE ANN BOB)), 0,
	  "updated " STORED(MEETING("0", "120000", WEEKLY "SUMMARY:tea\r\n")
				    EVENT("0", "130000",
					  INSTANCE ANN BOB "DTSTART:20260208T120000Z\r\n"
							   "SUMMARY:tea\r\nSTATUS:CANCELLED\r\n")) },

	/* REPLY: 3.2.3 */
	{ STORED(MEETING("0", "120000", "")),
	  REPLY(EVENT("0", "130000", ANN "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.net\r\n")), FOR_ANN,
	  "updated " STORED(EVENT("0", "120000", START ANN BOB_SAID("ACCEPTED", "130000"))) },
	/* 2.1.5: mail overtakes mail */
	{ STORED(EVENT("0", "120000", START ANN BOB_SAID("DECLINED", "140000"))),
	  REPLY(EVENT("0", "130000", ANN BOB_COMES)), FOR_ANN,
	  "no_action: it is older than the answer that is stored" },
	{ STORED(EVENT("0", "120000", START ANN BOB_SAID("DECLINED", "140000"))),
	  REPLY(EVENT("0", "150000", ANN BOB_COMES)), FOR_ANN,
	  "updated " STORED(EVENT("0", "120000", START ANN BOB_SAID("ACCEPTED", "150000"))) },
	{ STORED(EVENT("0", "120000", START ANN BOB_SAID("ACCEPTED", "140000"))),
	  REPLY(EVENT("0", "150000", ANN BOB_COMES)), FOR_ANN,
	  "updated " STORED(EVENT("0", "120000", START ANN BOB_SAID("ACCEPTED", "150000"))) },
	{ STORED(EVENT("0", "120000", START ANN BOB_SAID("ACCEPTED", "140000"))),
	  REPLY(EVENT("0", "140000", ANN BOB_COMES)), FOR_ANN, "no_action: it says nothing new" },
	{ STORED(MEETING("0", "120000", "")),
	  REPLY(EVENT("0", "130000", ANN "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.net\r\n")), 0,
	  "no_action: the recipient has not sent the invitation that it answers" },
	{ NULL, REPLY(EVENT("0", "130000", ANN "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.net\r\n")),
	  FOR_ANN, "no_action: the recipient has not sent the invitation that it answers" },
	{ STORED(MEETING("0", "120000", "")),
	  REPLY(EVENT("0", "130000", ANN "ATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@example.net\r\n")), FOR_ANN,
	  "no_action: it is of somebody who was not invited" },
	{ STORED(MEETING("0", "120000", "ATTENDEE:mailto:ann@example.org\r\n")),
	  REPLY(EVENT("0", "130000", ANN "ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.org\r\n")), FOR_ANN,
	  "no_action: it is of the recipient himself" },
	{ STORED(MEETING("1", "120000", "")),
	  REPLY(EVENT("0", "130000", ANN "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.net\r\n")), FOR_ANN,
	  "no_action: it answers an older invitation" },
	{ STORED(MEETING("0", "120000", "")), REPLY(EVENT("0", "130000", ANN BOB)), FOR_ANN,
	  "no_action: it says nothing new" },
	{ STORED(MEETING("0", "120000", "")), REPLY(EVENT("0", "130000", ANN BOB CAROL)), FOR_ANN,
	  "no_action: a reply is of one attendee with a PARTSTAT" },
	{ STORED(MEETING("0", "120000", "")),
	  REPLY(EVENT("0", "130000", ANN "ATTENDEE;PARTSTAT=\"A;X=1\":mailto:bob@example.net\r\n")), FOR_ANN,
	  "no_action: a reply is of one attendee with a PARTSTAT" },
	{ STORED(MEETING("0", "120000", WEEKLY)),
	  REPLY(EVENT("0", "130000", INSTANCE ANN "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.net\r\n")),
	  FOR_ANN, "no_action: the instance that it answers is not stored by itself" },

	/* ADD: 3.2.4 */
	{ NULL, CALENDAR(METHOD("ADD"), MEETING("1", "130000", "")), 0,
	  "no_action: what it adds to is not stored" },
	{ STORED(MEETING("0", "120000", WEEKLY)),
	  CALENDAR(METHOD("ADD"), EVENT("1", "130000", "DTSTART:20260210T090000Z\r\n" ANN BOB)), 0,
	  "updated " STORED(MEETING("1", "120000", WEEKLY "RDATE:20260210T090000Z\r\n") EVENT(
		  "1", "130000",
		  "DTSTART:20260210T090000Z\r\n" ANN BOB "RECURRENCE-ID:20260210T090000Z\r\n")) },
	{ STORED(MEETING("1", "120000", WEEKLY)), CALENDAR(METHOD("ADD"), MEETING("1", "130000", "")), 0,
	  "no_action: it is not newer than what is stored" },

	/* 3.2.6 to 3.2.8 */
	{ STORED(MEETING("0", "120000", "")), CALENDAR(METHOD("COUNTER"), MEETING("0", "130000", "")),
	  FOR_ANN, "no_action: this method is for a person to answer" },
	{ STORED(MEETING("0", "120000", "")), CALENDAR(METHOD("REFRESH"), EVENT("0", "130000", ANN BOB)),
	  FOR_ANN, "no_action: this method is for a person to answer" },

	/* what is malformed is let alone: RFC 9671, 4 */
	{ NULL,
	  "BEGIN:VCALENDAR\r\nPRODID:x\r\n" METHOD("REQUEST") MEETING("0", "120000", "") "END:VCALENDAR\r\n",
	  0, "no_action: malformed: not VERSION 2.0" },
	{ NULL,
	  "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" METHOD("REQUEST")
		  MEETING("0", "120000", "") "END:VCALENDAR\r\n",
	  0, "no_action: malformed: PRODID is missing" },
	{ NULL, REQUEST("BEGIN:VEVENT\r\nDTSTAMP:20260101T120000Z\r\n" START "END:VEVENT\r\n"), 0,
	  "no_action: malformed: a component without UID" },
	{ NULL, REQUEST("BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20260101T120000\r\n" START "END:VEVENT\r\n"), 0,
	  "no_action: malformed: a component without a DTSTAMP in UTC" },
	{ NULL, REQUEST(EVENT("one", "120000", START ANN BOB)), 0,
	  "no_action: malformed: a SEQUENCE that is no number" },
	{ NULL, REQUEST(EVENT("0", "120000", ANN BOB)), 0, "no_action: malformed: an event without DTSTART" },
	{ NULL, REQUEST("BEGIN:VFREEBUSY\r\nEND:VFREEBUSY\r\n"), 0,
	  "no_action: there is no event, to-do or journal in it" },
	{ NULL, REQUEST(MEETING("0", "120000", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260208T120000Z\r\n")), 0,
	  "no_action: a range of instances is not processed" },
	{ NULL,
	  REQUEST(MEETING("0", "120000", "") "BEGIN:VEVENT\r\nUID:u2\r\nDTSTAMP:20260101T120000Z\r\n" START
					     "END:VEVENT\r\n"),
	  0, "no_action: malformed: several objects in one request" },
};

static void tell(const ItipResult *result, Text *told)
{
	text_append_string(told, itip_outcome_name(result->outcome));
	if (result->outcome == ITIP_NO_ACTION || result->outcome == ITIP_ERROR) {
		ck_assert_ptr_null(result->object);
		text_printf(told, ": %s", result->reason);
		return;
	}
	text_append_char(told, ' ');
	if (result->object)
		ical_write(result->object, told);
	else
		text_append_string(told, "removed");
}

START_TEST(a_message_makes_of_what_is_stored_what_it_should)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) told = { 0 };
	AUTO_VALUE(Text) before = { 0 };
	AUTO_VALUE(Text) after = { 0 };
	const char *own_address = stories[_i].wishes & FOR_ANN ? "ann@example.org" : "bob@example.net";
	Identity own = { &own_address, 1, 1 };
	const ItipWishes wishes = { .allow_public = stories[_i].wishes & PUBLIC,
				    .updates_only = stories[_i].wishes & UPDATES,
				    .delete_cancelled = stories[_i].wishes & DELETES,
				    .own = &own };
	ItipResult result = { .outcome = ITIP_NO_ACTION };
	Failure why = { 0 };
	IcalComponent *sent = ical_read(slice_of(stories[_i].sent), arena, &why);
	IcalComponent *stored = stories[_i].stored ? ical_read(slice_of(stories[_i].stored), arena, &why)
						   : NULL;

	ck_assert_msg(sent != NULL, "%s", why.text);
	if (stored)
		ical_write(stored, &before);
	result.reason = itip_check(sent, (Slice){ 0 }, &wishes);
	if (!result.reason)
		itip_process(sent, SLICE("u1"), stored, &wishes, arena, &result);
	tell(&result, &told);
	ck_assert_str_eq(text_string(&told), stories[_i].told);
	if (stored)
		ical_write(stored, &after);
	ck_assert_str_eq(text_string(&after), text_string(&before));
}
END_TEST

/* RFC 6047, 2.4 */
START_TEST(the_part_and_the_object_have_one_method)
{
	AUTO(Arena) arena = arena_new();
	Identity own = { 0 };
	const ItipWishes wishes = { .own = &own };
	Failure why = { 0 };
	IcalComponent *sent = ical_read(SLICE(REQUEST(MEETING("0", "120000", ""))), arena, &why);

	ck_assert_ptr_null(itip_check(sent, SLICE("request"), &wishes));
	ck_assert_str_eq(itip_check(sent, SLICE("CANCEL"), &wishes),
			 "malformed: the part and the object in it have different methods");
}
END_TEST

START_TEST(the_objects_of_a_message_are_told_apart)
{
	AUTO(Arena) arena = arena_new();
	Failure why = { 0 };
	IcalComponent *sent = ical_read(
		SLICE(CALENDAR("", "BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n"
				   "BEGIN:VTIMEZONE\r\nEND:VTIMEZONE\r\n"
				   "BEGIN:VTODO\r\nUID:b\r\nORGANIZER:mailto:ann@example.org\r\nEND:VTODO\r\n"
				   "BEGIN:VEVENT\r\nUID:a\r\nEND:VEVENT\r\n")),
		arena, &why);
	Slice uids[ITIP_OBJECTS_MAX + 1];

	ck_assert_uint_eq(itip_uids(sent, uids), 2);
	ck_assert(slice_equal(uids[0], SLICE("a")) && slice_equal(uids[1], SLICE("b")));
	ck_assert(slice_equal(itip_organizer(sent, SLICE("b")), SLICE("ann@example.org")));
	ck_assert_uint_eq(itip_organizer(sent, SLICE("a")).length, 0);
}
END_TEST

/* None is left out silently. */
START_TEST(a_message_with_more_objects_than_there_may_be_is_not_processed)
{
	AUTO(Arena) arena = arena_new();
	AUTO_VALUE(Text) text = { 0 };
	Identity own = { 0 };
	const ItipWishes wishes = { .own = &own, .allow_public = true };
	Slice uids[ITIP_OBJECTS_MAX + 1];
	Failure why = { 0 };

	for (int i = 0; i < ITIP_OBJECTS_MAX; i++)
		text_printf(&text,
			    "BEGIN:VEVENT\r\nUID:u%d\r\nDTSTAMP:20260101T120000Z\r\n" START "END:VEVENT\r\n",
			    i);
	for (int more = 0; more < 3; more++) {
		const char *all = arena_printf(arena, CALENDAR("", "%s"), text_string(&text));
		IcalComponent *sent = ical_read(slice_of(all), arena, &why);
		const char *wrong = itip_check(sent, (Slice){ 0 }, &wishes);

		ck_assert_uint_eq(itip_uids(sent, uids), ITIP_OBJECTS_MAX + (more > 0));
		ck_assert_str_eq(wrong ? wrong : "", more ? "there are too many objects in it" : "");
		text_printf(&text,
			    "BEGIN:VEVENT\r\nUID:m%d\r\nDTSTAMP:20260101T120000Z\r\n" START "END:VEVENT\r\n",
			    more);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("itip");
	TCase *tests = tcase_create("itip");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, a_message_makes_of_what_is_stored_what_it_should, 0,
			    sizeof stories / sizeof *stories);
	tcase_add_test(tests, the_part_and_the_object_have_one_method);
	tcase_add_test(tests, the_objects_of_a_message_are_told_apart);
	tcase_add_test(tests, a_message_with_more_objects_than_there_may_be_is_not_processed);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
