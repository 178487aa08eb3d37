# trommel - build, test, install.  Plain GNU make; everything lands in build/.
BUILD ?= build
PREFIX ?= /usr/local
MODULE_DIR ?= $(PREFIX)/lib/trommel
VERSION := 0.1.0

CC ?= gcc
CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wshadow -Wvla
HARDEN := -fPIE -fstack-protector-strong -fno-common
HARDEN += $(if $(filter -O0 -fsanitize%,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
CPPFLAGS += -D_GNU_SOURCE -Isrc -Iinclude -DTROMMEL_VERSION='"$(VERSION)"' -DTROMMEL_MODULE_DIR='"$(MODULE_DIR)"'
ALL_CFLAGS = -std=gnu11 $(WARN) $(HARDEN) $(CPPFLAGS) $(CFLAGS) -MMD -MP
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(LDFLAGS)
PCRE2_LIBS ?= $(shell pkg-config --variable=libdir libpcre2-8)/libpcre2-8.a
GMIME_CFLAGS = $(shell pkg-config --cflags gmime-3.0)
GMIME_LIBS = $(shell pkg-config --libs gmime-3.0)

LIB_SOURCES := $(wildcard src/base/*.c src/system/*.c src/state/*.c src/message/*.c src/mailbox/*.c src/plan/*.c \
	src/sieve/*.c src/sieve/extensions/*.c src/delivery/*.c src/commands/*.c)
LIB_OBJECTS := $(LIB_SOURCES:src/%.c=$(BUILD)/obj/%.o)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
MODULES := $(if $(wildcard src/modules/mime/*.c),$(BUILD)/modules/mime.so)

all: $(BUILD)/trommel $(MODULES)

$(BUILD)/trommel: $(BUILD)/obj/main.o $(BUILD)/libtrommel.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(PCRE2_LIBS)

$(BUILD)/libtrommel.a: $(LIB_OBJECTS)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/modules/mime.so: $(wildcard src/modules/mime/*.c) $(BUILD)/libtrommel.a
	@mkdir -p $(@D)
	$(CC) $(filter-out -fPIE,$(ALL_CFLAGS)) -fPIC $(GMIME_CFLAGS) -shared $(LDFLAGS) -o $@ $(wildcard src/modules/mime/*.c) $(GMIME_LIBS)

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libtrommel.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(shell pkg-config --cflags check) -o $@ $< $(BUILD)/libtrommel.a \
		$(PCRE2_LIBS) $(shell pkg-config --libs check)

check: all $(UNIT_TESTS)
	@for t in $(UNIT_TESTS); do $$t || exit 1; done

format:
	clang-format -i $$(git ls-files -co --exclude-standard '*.c' '*.h')

clean:
	rm -rf $(BUILD)

.PHONY: all check format clean
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
