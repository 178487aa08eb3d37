# trommel - build, test, install.  Plain GNU make; everything lands in build/.
#
#   make           the program and its modules          make check    all tests
#   make install   PREFIX=/usr/local, DESTDIR=          make lint     format, warnings, cppcheck, man pages
#   make demo      see it sort a few messages           make asan     the tests under ASan and UBSan
#                                                       make fuzz     laws that hold for any input, SECONDS=10 each
VERSION := 0.1.0
BUILD ?= build
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

# -- Where it is installed ------------------------------------------------------------------------------------
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
MODULE_DIR ?= $(LIBDIR)/trommel
CONFIG_DIR ?= /etc/trommel
# Debian's zsh searches vendor-completions for packages and site-functions for what is local.
ZSHDIR ?= $(DATADIR)/zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)

# -- How it is compiled ---------------------------------------------------------------------------------------
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wvla \
	-Wno-missing-field-initializers # tables leave out what is nothing: clang would have every zero written
# Position independent and hidden: the same objects serve the program (a PIE), the archive that others link
# into shared objects, and our modules; without exported symbols this costs nothing.
SHAPE := -std=gnu11 -fPIC -fvisibility=hidden -fno-common -ffunction-sections -fdata-sections
HARDEN := -fstack-protector-strong -fstack-clash-protection
# Fortified functions hide from the sanitizers, and need an optimiser.
HARDEN += $(if $(filter -O0 -fsanitize%,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
DEFINES := -D_GNU_SOURCE -DTROMMEL_VERSION='"$(VERSION)"' -DTROMMEL_MODULE_DIR='"$(MODULE_DIR)"' \
	-DTROMMEL_CONFIG_DIR='"$(CONFIG_DIR)"'
COMPILE = $(CC) $(SHAPE) $(WARN) $(WERROR) $(HARDEN) $(DEFINES) -Isrc -Iinclude $(CPPFLAGS) $(CFLAGS)
# Every symbol is bound before main: fewer of them, the newer hash, and tables whose relocations are packed (which
# wants glibc 2.36) are fewer instructions per message.
LINK_SHAPE := -Wl,-z,relro,-z,now,-z,noexecstack,-z,pack-relative-relocs -Wl,-O1,--as-needed,--gc-sections,--hash-style=gnu
LINK = $(COMPILE) -pie $(LINK_SHAPE) $(LDFLAGS)

# Asked when a recipe runs, since `make check` may have to install pkg-config first.
PCRE2_LIBS ?= $(shell pkg-config --variable=libdir libpcre2-8)/libpcre2-8.a
CHECK_CFLAGS ?= $(shell pkg-config --cflags check)
CHECK_LIBS ?= $(shell pkg-config --libs check)
mime_CFLAGS ?= $(shell pkg-config --cflags gmime-3.0)
mime_LIBS ?= $(shell pkg-config --libs gmime-3.0)
sqlite_CFLAGS ?= $(shell pkg-config --cflags sqlite3)
# Where it is there as an archive it becomes part of the modules: to bind its symbols would cost more than all that
# they do with it.
SQLITE_ARCHIVE ?= $(wildcard $(shell pkg-config --variable=libdir sqlite3)/libsqlite3.a)
sqlite_LIBS ?= $(if $(SQLITE_ARCHIVE),$(SQLITE_ARCHIVE) -lm,$(shell pkg-config --libs sqlite3))
state-sqlite_CFLAGS ?= $(sqlite_CFLAGS)
state-sqlite_LIBS ?= $(sqlite_LIBS)
tools_LIBS ?= $(PCRE2_LIBS)

# -- The program ----------------------------------------------------------------------------------------------
LIBRARY := $(BUILD)/libtrommel.a
FLOORS := base system state message mailbox plan sieve sieve/extensions procmail delivery commands
OBJECTS := $(patsubst src/%.c,$(BUILD)/obj/%.o,$(wildcard $(FLOORS:%=src/%/*.c)))
MODULE_NAMES := $(patsubst src/modules/%/,%,$(wildcard src/modules/*/))
MODULES := $(MODULE_NAMES:%=$(BUILD)/modules/%.so)
MODULE_OBJECTS := $(patsubst src/%.c,$(BUILD)/obj/%.o,$(wildcard src/modules/*/*.c))

all: $(BUILD)/trommel $(MODULES)

$(BUILD)/trommel: $(BUILD)/obj/main.o $(LIBRARY)
	$(LINK) -o $@ $^ $(PCRE2_LIBS)

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	ar rcs $@ $^

# What others link: the C interface and what it needs, as one object in which no other name can be seen.
PUBLIC_LIBRARY := $(BUILD)/public/libtrommel.a
$(PUBLIC_LIBRARY): $(BUILD)/obj/delivery/embed.o $(LIBRARY)
	@mkdir -p $(@D)
	$(COMPILE) -r -nostdlib -o $(@D)/trommel.o $^
	objcopy --localize-hidden $(@D)/trommel.o
	@rm -f $@
	ar rcs $@ $(@D)/trommel.o

$(BUILD)/obj/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

# A module is src/modules/NAME/*.c and what it uses of the archive; NAME_CFLAGS and NAME_LIBS are its own.
define MODULE
$(BUILD)/modules/$(1).so: $(patsubst src/%.c,$(BUILD)/obj/%.o,$(wildcard src/modules/$(1)/*.c)) $(LIBRARY)
	@mkdir -p $$(@D)
	$$(COMPILE) -shared $$(LINK_SHAPE) -Wl,--exclude-libs,ALL $$(LDFLAGS) -o $$@ $$^ $$($(1)_LIBS)
$(BUILD)/obj/modules/$(1)/%.o: private CPPFLAGS += $$($(1)_CFLAGS)
endef
$(foreach name,$(MODULE_NAMES),$(eval $(call MODULE,$(name))))

# Other flags are another program: what was built with the old ones is built again.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(COMPILE) $(LINK_SHAPE) $(LDFLAGS))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(COMPILE) $(LINK_SHAPE) $(LDFLAGS))' > $@

# -- The tests ------------------------------------------------------------------------------------------------
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
# The longest first, so that none of them is waited for alone.
LONGEST := tests/faults/steps.sh $(addprefix tests/delivery/,neighbours.sh hostile.sh hostile_bounds.sh submission.sh)
TESTS := $(LONGEST) $(UNIT_TESTS) tests/demo $(filter-out %/lib.sh %/outgoing.sh $(LONGEST), \
	$(wildcard tests/*.sh tests/delivery/*.sh tests/faults/*.sh tests/oracle/*.sh))
# Passes -j on when nobody gave one.
PARALLEL = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

$(BUILD)/tests/%: tests/unit/%.c $(LIBRARY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(LINK) $(CHECK_CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ $< $(LIBRARY) $(PCRE2_LIBS) $(CHECK_LIBS)

# Our reading of headers beside GMime's, for tests/corpus.sh.
$(BUILD)/tests/compare_gmime: tests/corpus/compare_gmime.c $(LIBRARY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(LINK) $(mime_CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ $< $(LIBRARY) $(mime_LIBS)

# The program with a judge, or a courier, that messages take over: tests/delivery/attack.sh, seclusion.sh.
ATTACKER := $(BUILD)/attacker/trommel
$(ATTACKER): tests/delivery/attacker.c $(BUILD)/obj/main.o $(LIBRARY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(LINK) -Wl,--wrap=sieve_run,--wrap=carry_out -MMD -MP -MF $@.d -MT $@ -o $@ $(BUILD)/obj/main.o $< $(LIBRARY) $(PCRE2_LIBS)

# What network file systems do to calls, for tests/faults/nfs.sh, and what no tracer can do, for steps.sh beside it.
# Fortified functions would not be their own.
SHIMS := $(BUILD)/tests/nfs_shim.so $(BUILD)/tests/fault_shim.so
$(SHIMS): $(BUILD)/tests/%.so: tests/faults/%.c tests/faults/shim.h $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) -U_FORTIFY_SOURCE -shared $(LDFLAGS) -o $@ $<

# Kernels that have less to confine a process with, for tests/delivery/kernels.sh.
KERNEL_SHIM := $(BUILD)/tests/kernel_shim.so
$(KERNEL_SHIM): tests/delivery/kernel_shim.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) -U_FORTIFY_SOURCE -shared $(LDFLAGS) -o $@ $<

check-corpus:
	@$(PARALLEL) -s check TESTS=tests/corpus.sh

# All hostile mail and all of the real, and what messages cost of which one thing is far too much, up to 500 MB of it;
# `make check` takes some, and smaller ones.
.PHONY: hostile
hostile:
	@HOSTILE_LARGE=1 HOSTILE_STEP=1 TEST_TIMEOUT=7200 TEST_LOGS='$(abspath $(BUILD))/hostile' \
		$(PARALLEL) -s check TESTS='tests/delivery/hostile.sh tests/delivery/hostile_bounds.sh'; status=$$?; \
		grep -h '^#' $(BUILD)/hostile/*.log; exit $$status

# Decisions beside Pigeonhole's on all of the real mail; `make check` takes some of it.
oracle:
	@ORACLE_STEP=1 TEST_TIMEOUT=1800 $(PARALLEL) -s check TESTS=tests/oracle/oracle.sh

# A failure at every system call of deliveries with several effects, at every call to a network file system, and a
# power cut behind each call; `make check` takes some of them.
faults:
	@FAULTS_STEP=1 POWERCUT_STATES=2000 TEST_TIMEOUT=7200 $(PARALLEL) -s check \
		TESTS='tests/faults/steps.sh tests/faults/refiling.sh tests/faults/nfs.sh tests/faults/powercut.sh'

# The same faults on other delivery agents, and a table of what came of them.
faults-peers:
	@.ci/deps build test peers
	@$(PARALLEL) -s all $(SHIMS)
	@BUILD='$(abspath $(BUILD))' FAULTS_STEP=$${FAULTS_STEP:-1} tests/faults/peers.sh

tests: all $(PUBLIC_LIBRARY) $(UNIT_TESTS) $(BUILD)/tests/compare_gmime $(BUILD)/bench/linear $(ATTACKER) $(SHIMS) $(KERNEL_SHIM)

# `make check TESTS=tests/house.sh` runs only that.
check:
	@.ci/deps build test
	@$(PARALLEL) -s tests
	@BUILD='$(abspath $(BUILD))' CC='$(CC)' JOBS='$(JOBS)' tests/run $(TESTS)

# The sanitizers reserve more memory than any limit on it allows, and look for leaks by means that strace and a
# sandbox forbid: tests that are about those skip themselves when TROMMEL_SANITIZED is set.
SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
asan:
	@.ci/deps build test lint
	@TROMMEL_SANITIZED=1 $(MAKE) --no-print-directory BUILD=build-asan CFLAGS='$(SANITIZE)' check

# Fuzzing: tests/fuzz/fuzz_NAME.c states what holds for every input, and clang's libFuzzer looks for one that breaks
# it.  Every target runs SECONDS, JOBS of them at a time; TARGETS="words date" are those alone.  What is found stands in
# build/fuzz/crashes, told with the command that repeats it, and becomes a test in tests/unit.
SECONDS ?= 10
SEED ?= 0
TARGETS ?= $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined
FUZZ_OBJECTS := $(patsubst tests/fuzz/%.c,$(BUILD)/obj/fuzz/%.o,$(wildcard tests/fuzz/fuzz_*.c))
fuzz:
	@.ci/deps build fuzz
	@$(PARALLEL) -s BUILD=build/fuzz CC=clang CFLAGS='$(FUZZ_CFLAGS)' $(TARGETS:%=build/fuzz/targets/%)
	@BUILD='$(abspath build/fuzz)' JOBS='$(JOBS)' FUZZ_SECONDS='$(SECONDS)' FUZZ_SEED='$(SEED)' tests/fuzz/run $(TARGETS)

$(BUILD)/targets/%: $(BUILD)/obj/fuzz/fuzz_%.o $(BUILD)/fuzz-mime.a $(LIBRARY)
	@mkdir -p $(@D)
	$(LINK) -fsanitize=fuzzer -o $@ $^ $(PCRE2_LIBS) $(mime_LIBS)

$(BUILD)/fuzz-mime.a: $(filter $(BUILD)/obj/modules/mime/%,$(MODULE_OBJECTS))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/obj/fuzz/%.o: tests/fuzz/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

# Which lines the tests execute (tests/coverage/counts.c says how that is known).  What fails in them is told, and is no
# reason not to count.  TESTS= as for `make check`.
COVERAGE_CFLAGS := -O0 -g --coverage -fprofile-update=atomic $(addprefix -fno-builtin-,fork execl execle execlp execv execve execvp)
COVERAGE := BUILD=build-coverage CFLAGS='$(COVERAGE_CFLAGS)' \
	LDFLAGS='build-coverage/counts.o -Wl,-T,tests/coverage/counts.ld -Wl,--wrap=__gcov_exit'
COVERAGE_COUNTS := $(or $(TMPDIR),/tmp)/trommel-counts-$(shell id -u)
coverage:
	@.ci/deps build test
	@mkdir -p build-coverage
	@$(CC) -std=gnu11 -D_GNU_SOURCE -DCOUNTS='"$(COVERAGE_COUNTS)"' -fPIC -O1 -c -o build-coverage/counts.o tests/coverage/counts.c
	@$(PARALLEL) -s $(COVERAGE) tests
	@tests/coverage/report build-coverage $(COVERAGE_COUNTS) prepare
	-@$(MAKE) --no-print-directory $(COVERAGE) check
	@tests/coverage/report build-coverage $(COVERAGE_COUNTS)

demo:
	@.ci/deps build
	@$(PARALLEL) -s all
	@BUILD='$(abspath $(BUILD))' tests/demo

# What the language costs, apart from what a delivery costs.
$(BUILD)/bench/%: tests/bench/%.c $(LIBRARY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(LINK) -MMD -MP -MF $@.d -MT $@ -o $@ $< $(LIBRARY) $(PCRE2_LIBS)

bench: bench-sieve
	@.ci/deps build test bench
	@$(PARALLEL) -s all
	@BUILD='$(abspath $(BUILD))' CC='$(CC)' tests/bench/run

bench-sieve:
	@.ci/deps build
	@$(PARALLEL) -s all $(BUILD)/bench/sieve
	@$(BUILD)/bench/sieve $(BUILD)

# -- What keeps it tidy ---------------------------------------------------------------------------------------
C_FILES = $(shell find src include tests -name '*.[ch]' 2>/dev/null | sort)
SHELL_FILES = $(shell find .ci tests -type f 2>/dev/null | xargs grep -lE '^\#!/bin/(ba)?sh' | sort)
PAGES := $(wildcard man/*.[1-8])

lint: deps-lint lint-format lint-pages lint-shell lint-cppcheck lint-gcc lint-clang
	@echo 'lint: nothing found'

lint-format: deps-lint
	@clang-format --dry-run -Werror $(C_FILES)

# Whether other packages' pages are installed here is not what is asked; tests/manual.sh looks for ours.  (Line by line:
# two streams come together.)
lint-pages: deps-lint
	@if stdbuf -oL mandoc -T lint -W style $(PAGES) 2>&1 | grep -vE 'referenced manual not found|outdated mandoc.db'; then false; fi

lint-shell: deps-lint
	@shellcheck -S warning $(SHELL_FILES)

# What is suppressed for all files, and why:
#   missingIncludeSystem   it is to read our code, not libc's
#   unmatchedSuppression   an inline one may concern one configuration only
#   ctunullpointer, nullPointerRedundantCheck   it does not see that BUG_IF never returns
lint-cppcheck: deps-lint
	@mkdir -p build/lint-cppcheck
	@cppcheck -q -j$(JOBS) --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem --suppress=unmatchedSuppression --suppress=ctunullpointer \
		--suppress=nullPointerRedundantCheck --library=gnu \
		--cppcheck-build-dir=build/lint-cppcheck -D_GNU_SOURCE -D__linux__ -Isrc -Iinclude src

# Optimised, because the compilers see more then.
lint-gcc lint-clang: lint-%: deps-lint
	@$(PARALLEL) -s BUILD=build/lint-$* CC=$* WERROR=-Werror CFLAGS=-O2 tests fuzz-objects

fuzz-objects: $(FUZZ_OBJECTS)

# What the program's tables say elsewhere: of the language in its manual page, of commands in shells' completions.
COMPLETIONS := bash:trommel.bash zsh:_trommel fish:trommel.fish
tables: $(BUILD)/trommel
	@for shell in $(COMPLETIONS); do \
		$(BUILD)/trommel help completion $${shell%%:*} >man/completions/$${shell#*:} || exit 1; done
	@tests/manual-tables $(BUILD)/trommel man/trommel-sieve.7 >$(BUILD)/page
	@cat $(BUILD)/page >man/trommel-sieve.7

format:
	clang-format -i $(C_FILES)

# Debian's packages that are missing; GROUPS of them: build test lint bench fuzz.
deps:
	@.ci/deps build test lint bench fuzz
deps-lint:
	@.ci/deps build test lint

clean:
	rm -rf build build-*

# -- Installing -----------------------------------------------------------------------------------------------
HEADERS := $(wildcard include/trommel/*.h)
FILTERS := $(wildcard filters/*.sieve filters/*.svtest) $(wildcard filters/README.md)

install: all $(PUBLIC_LIBRARY)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MODULE_DIR) $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)/trommel
	install -d $(DESTDIR)$(DATADIR)/trommel/filters $(DESTDIR)$(DATADIR)/bash-completion/completions
	install -d $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(DATADIR)/fish/vendor_completions.d
	install -m 755 $(BUILD)/trommel $(DESTDIR)$(BINDIR)/trommel
	$(if $(MODULES),install -m 644 $(MODULES) $(DESTDIR)$(MODULE_DIR)/)
	install -m 644 $(PUBLIC_LIBRARY) $(DESTDIR)$(LIBDIR)/libtrommel.a
	$(if $(HEADERS),install -m 644 $(HEADERS) $(DESTDIR)$(INCLUDEDIR)/trommel/)
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' \
		include/trommel.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/trommel.pc
	for page in $(PAGES); do install -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; done
	install -m 644 $(FILTERS) $(DESTDIR)$(DATADIR)/trommel/filters/
	install -m 644 man/completions/trommel.bash $(DESTDIR)$(DATADIR)/bash-completion/completions/trommel
	install -m 644 man/completions/_trommel $(DESTDIR)$(ZSHDIR)/_trommel
	install -m 644 man/completions/trommel.fish $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/trommel.fish

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/trommel $(DESTDIR)$(LIBDIR)/libtrommel.a $(DESTDIR)$(LIBDIR)/pkgconfig/trommel.pc
	rm -f $(foreach page,$(PAGES),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
	rm -f $(DESTDIR)$(DATADIR)/bash-completion/completions/trommel $(DESTDIR)$(ZSHDIR)/_trommel
	rm -f $(DESTDIR)$(DATADIR)/fish/vendor_completions.d/trommel.fish
	rm -rf $(DESTDIR)$(MODULE_DIR) $(DESTDIR)$(INCLUDEDIR)/trommel $(DESTDIR)$(DATADIR)/trommel

.PHONY: coverage tables bench-sieve oracle faults faults-peers all tests check check-corpus asan demo bench lint lint-format lint-pages lint-shell lint-cppcheck lint-gcc lint-clang
.PHONY: fuzz fuzz-objects format deps deps-lint clean install uninstall FORCE
-include $(OBJECTS:.o=.d) $(MODULE_OBJECTS:.o=.d) $(BUILD)/obj/main.d $(UNIT_TESTS:=.d) $(FUZZ_OBJECTS:.o=.d)
