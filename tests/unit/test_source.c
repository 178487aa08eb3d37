/* test_source - saved mail is found where people keep it, with what is known of it */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "mailbox/source.h"
#include "mailbox/store.h"

#define FROM "From a@b.example Thu Jan  1 12:00:00 2026\n"

static char directory[] = "/tmp/test_source.XXXXXX";
static int64_t written; /* when the files were, for all of them */

static void run(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* A file below the directory, which is the working directory. */
static void put(const char *path, const char *content)
{
	char command[300];
	auto_fd int fd = -1;
	const struct timespec times[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };

	snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s')\"", path);
	run(command);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert(fd >= 0 && io_write(fd, content, strlen(content)) && futimens(fd, times) == 0);
	written = 1700000000;
}

static void begin(void)
{
	ck_assert(mkdtemp(directory) && chdir(directory) == 0);
}

static void end(void)
{
	char command[300];

	snprintf(command, sizeof command, "rm -rf '%s'", directory);
	ck_assert(chdir("/") == 0);
	run(command);
}

/* name number [folder] (flags) time: subject */
static bool note(void *self, const Sourced *it, Failure *why)
{
	Text *out = self;

	(void)why;
	text_printf(out, "%s", it->name);
	if (it->number)
		text_printf(out, " %zu", it->number);
	text_printf(out, " [%s] (", it->folder ? it->folder : "-");
	for (size_t i = 0; i < it->flag_count; i++)
		text_printf(out, "%s%s", i ? " " : "", it->flags[i]);
	text_printf(out, ") %s%.*s", it->has_received && it->received == written ? "" : "other ",
		    (int)it->message->header.length, it->message->header.data);
	if (!it->message->header.length)
		text_append_char(out, '\n');
	ck_assert(!it->path || strcmp(it->path, it->name) == 0);
	ck_assert((it->path == NULL) == (it->number > 0 || strstr(it->name, ":M:")));
	return true;
}

static void expect(const char *path, const char *expected)
{
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };

	ck_assert_msg(source_each(path, note, &out, &why), "%s", why.text);
	ck_assert_str_eq(text_string(&out), expected);
}

static void make_maildir(void)
{
	put("M/new/1", "S: 1\n\n");
	put("M/cur/2:2,FS", "S: 2\n\n");
	put("M/cur/3:2,Sab", FROM "S: 3\n\n"); /* not an mbox, whatever somebody put in front */
	put("M/tmp/4", "S: 4\n\n");
	put("M/cur/.hidden", "S: 5\n\n");
	put("M/dovecot-keywords", "0 work\n1 $Label1\n");
	put("M/dovecot-uidlist", "3 V1 N2\n");
	put("M/.Lists.&AOQ-/cur/6:2,", "S: 6\n\n");
	put("M/.Lists.&AOQ-/maildirfolder", "");
	put("M/.nothing/x", "S: 7\n\n");
}

/* Maildir++: the inbox, then its folders by the names that users see. */
START_TEST(a_maildir_with_its_folders)
{
	make_maildir();
	expect("M", "M/new/1 [INBOX] () S: 1\n"
		    "M/cur/2:2,FS [INBOX] (\\Flagged \\Seen) S: 2\n"
		    "M/cur/3:2,Sab [INBOX] (\\Seen work $Label1) other S: 3\n"
		    "M/.Lists.&AOQ-/cur/6:2, [Lists/\xc3\xa4] () S: 6\n");
	expect("M/", "M/new/1 [INBOX] () S: 1\n"
		     "M/cur/2:2,FS [INBOX] (\\Flagged \\Seen) S: 2\n"
		     "M/cur/3:2,Sab [INBOX] (\\Seen work $Label1) other S: 3\n"
		     "M/.Lists.&AOQ-/cur/6:2, [Lists/\xc3\xa4] () S: 6\n");
}
END_TEST

START_TEST(folders_inside_one_another)
{
	put("M/cur/1", "S: 1\n\n");
	put("M/Lists/new/2", "S: 2\n\n");
	put("M/Lists/Cats/cur/3", "S: 3\n\n");
	expect("M", "M/cur/1 [INBOX] () S: 1\nM/Lists/new/2 [Lists] () S: 2\n"
		    "M/Lists/Cats/cur/3 [Lists/Cats] () S: 3\n");
}
END_TEST

/* RFC 3501, 2.3.2, in the fields that c-client writes; times from the From_ line. */
START_TEST(a_directory_of_whatever_there_is)
{
	put("d/a/box",
	    FROM "S: 1\nStatus: RO\nX-Status: AF\nX-Keywords: work $x\n\nb\n\n" FROM "S: 2\n\nb\n");
	put("d/b.eml", "S: 3\n\nb\n");
	put("d/c/cur/4:2,R", "S: 4\n\n");
	put("d/d/index", "\x01\x02\x03nothing of ours\n");
	put("d/d/letter", "From here on\n\nnothing of ours\n");
	put("d/g.eml", "From bob@example.org\nS: 6\n\nb\n");
	put("d/.imap/e", "S: 5\n\n");
	run("ln -s ../d d/self && ln -s b.eml d/f");
	expect("d/b.eml", "d/b.eml [-] () S: 3\n");
	expect("d/c", "d/c/cur/4:2,R [INBOX] (\\Answered) S: 4\n");
	expect("d", "d/a/box 1 [a/box] (\\Seen \\Answered \\Flagged work $x) other S: 1\n"
		    "Status: RO\nX-Status: AF\nX-Keywords: work $x\n"
		    "d/a/box 2 [a/box] () other S: 2\n"
		    "d/b.eml [b.eml] () S: 3\n"
		    "d/c/cur/4:2,R [c] (\\Answered) S: 4\n"
		    "d/g.eml [g.eml] () S: 6\n");
}
END_TEST

static const char *const formats[] = { "ustar", "pax", "gnu", "v7" };

START_TEST(an_archive_gives_what_is_in_it)
{
	char command[200];

	make_maildir();
	put("x/box", FROM "S: 8\n\nb\n\n" FROM "S: 9\n\nb\n");
	put("x/note.pdf", "%PDF\n");
	snprintf(command, sizeof command, "tar --force-local --format=%s --sort=name -cf t:M M x",
		 formats[_i]);
	run(command);
	expect("t:M", "t:M:M/.Lists.&AOQ-/cur/6:2, [Lists/\xc3\xa4] () S: 6\n"
		      "t:M:M/cur/2:2,FS [INBOX] (\\Flagged \\Seen) S: 2\n"
		      "t:M:M/cur/3:2,Sab [INBOX] (\\Seen) other S: 3\n"
		      "t:M:M/new/1 [INBOX] () S: 1\n"
		      "t:M:x/box 1 [box] () other S: 8\n"
		      "t:M:x/box 2 [box] () other S: 9\n");
	run("head -c 3000 t:M >short:M");
	{
		AUTO_VALUE(Text) out = { 0 };
		Failure why = { 0 };

		ck_assert(!source_each("short:M", note, &out, &why));
		ck_assert_msg(strstr(why.text, "ends too early"), "%s", why.text);
	}
}
END_TEST

/* POSIX pax: "path"; GNU: a member in front that is the name. */
START_TEST(long_names_in_archives)
{
	char name[400] = "M/cur/", command[900];
	size_t length = strlen(name);

	memset(name + length, 'n', 200);
	put(name, "S: 1\n\n");
	for (size_t i = 1; i < 3; i++) {
		AUTO_VALUE(Text) out = { 0 };
		Failure why = { 0 };

		snprintf(command, sizeof command, "tar --force-local --format=%s -cf t:M M", formats[i]);
		run(command);
		ck_assert_msg(source_each("t:M", note, &out, &why), "%s", why.text);
		ck_assert_msg(strstr(text_string(&out), name), "%s", text_string(&out));
	}
}
END_TEST

/* POSIX.1-2017, pax, ustar: an archive ends with two blocks of zeros, at least. */
START_TEST(an_archive_without_members_has_no_message)
{
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };

	run("tar --force-local -cf t:M -T /dev/null");
	expect("t:M", "");
	run("head -c 1024 t:M >end");
	expect("end", "");
	run("(head -c 65536 /dev/zero; echo S: 1) >zeros");
	ck_assert(!source_each("zeros", note, &out, &why));
	ck_assert_msg(strstr(why.text, "more is behind"), "%s", why.text);
	ck_assert_str_eq(text_string(&out), "");
	put("d/mail", "S: 1\n\n");
	run("cp zeros t:M d");
	expect("d", "d/mail [mail] () S: 1\n");
}
END_TEST

static void remark(void *self, const char *text)
{
	text_printf(self, "%s\n", text);
}

static bool pass(void *self, const Sourced *it, Failure *why)
{
	(void)self;
	(void)it;
	(void)why;
	return true;
}

START_TEST(what_is_not_sure_is_said)
{
	const SourceOptions options = { .remark = remark };
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };

	put("box", FROM "S: 1\n\nb\n" FROM "S: 2\n\nb\n");
	ck_assert(source_read("box", &options, pass, &out, &why));
	ck_assert_str_eq(text_string(&out),
			 "box: byte 50: taken as text, though no empty line is in front of it: "
			 "From a@b.example Thu Jan  1 12:00:00 2026\n");
}
END_TEST

/* The first one, and then no more. */
static bool stop(void *self, const Sourced *it, Failure *why)
{
	text_printf(self, "%s\n", it->name);
	return failure_retry(why, "enough");
}

static void hear_unreadable(void *self, const Failure *why)
{
	text_printf(self, "unreadable: %s\n", why->text);
}

START_TEST(who_wants_no_more_gets_no_more)
{
	const SourceOptions options = { .unreadable = hear_unreadable };
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };

	make_maildir();
	ck_assert(!source_read("M", &options, stop, &out, &why));
	ck_assert_str_eq(why.text, "enough");
	ck_assert_str_eq(text_string(&out), "M/new/1\n");
}
END_TEST

START_TEST(what_is_compressed_is_named)
{
	Failure why = { 0 };

	put("box.gz", "\x1f\x8b\x08 and so on");
	ck_assert(!source_each("box.gz", pass, NULL, &why));
	ck_assert_msg(strstr(why.text, "gzip -dc"), "%s", why.text);
	ck_assert(mkdir("empty", 0700) == 0 && !source_each("empty", pass, NULL, &why));
	ck_assert_msg(strstr(why.text, "no mail"), "%s", why.text);
}
END_TEST

/* 40,000 messages in new/ are more than are listed at a time. */
START_TEST(a_folder_of_any_size)
{
	AUTO_VALUE(Text) out = { 0 };
	Failure why = { 0 };
	const char *line;

	run("mkdir -p M/new M/cur && cd M/new && seq -f 'n%05g' 0 44999 | xargs touch");
	ck_assert_msg(source_each("M", note, &out, &why), "%s", why.text);
	line = text_string(&out);
	for (int i = 0; i < 45000; i++) {
		char expected[40];

		snprintf(expected, sizeof expected, "M/new/n%05d ", i);
		ck_assert_msg(strncmp(line, expected, strlen(expected)) == 0, "%.40s", line);
		line = strchr(line, '\n') + 1;
	}
}
END_TEST

static bool lock_it(void *self, const Sourced *it, Failure *why)
{
	auto_fd int fd = open("box", O_RDWR | O_CLOEXEC);
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	(void)it;
	(void)why;
	*(bool *)self = fd >= 0 && access("box.lock", F_OK) < 0 && fcntl(fd, F_SETLK, &whole) == 0 &&
			flock(fd, LOCK_EX | LOCK_NB) == 0;
	return true;
}

/* Who reads an mbox for long keeps nobody from delivering into it. */
START_TEST(an_mbox_locked_briefly_is_free_while_it_is_read)
{
	const StoreSettings settings = { .location = "maildir:~/M",
					 .user = "ann",
					 .home = directory,
					 .uid = geteuid(),
					 .gid = getegid(),
					 .hostname = "h.example",
					 .lock_dotlock = true,
					 .lock_fcntl = true,
					 .lock_flock = true,
					 .lock_timeout_s = 1,
					 .lock_stale_s = 600 };
	Failure why = { 0 };
	Store *store = store_open(&settings, &why);
	const SourceOptions options = { .lock_as = store, .briefly = true };
	bool is_free = false;

	put("box", FROM "S: 1\n\n");
	ck_assert_msg(store && source_read("box", &options, lock_it, &is_free, &why), "%s", why.text);
	ck_assert(is_free);
	store_close(store);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("source");
	TCase *tests = tcase_create("source");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_maildir_with_its_folders);
	tcase_add_test(tests, folders_inside_one_another);
	tcase_add_test(tests, a_directory_of_whatever_there_is);
	tcase_add_loop_test(tests, an_archive_gives_what_is_in_it, 0, 4);
	tcase_add_test(tests, an_archive_without_members_has_no_message);
	tcase_add_test(tests, long_names_in_archives);
	tcase_add_test(tests, what_is_not_sure_is_said);
	tcase_add_test(tests, who_wants_no_more_gets_no_more);
	tcase_add_test(tests, what_is_compressed_is_named);
	tcase_add_test(tests, a_folder_of_any_size);
	tcase_add_test(tests, an_mbox_locked_briefly_is_free_while_it_is_read);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
