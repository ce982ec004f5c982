# SPDX-License-Identifier: GPL-2.0-or-later
# pktwalk's one Makefile. Sources are found by wildcard: adding a file touches no list.
#   make            build ./pktwalk            make check    all tests
#   make demo       the lesson, both halves    make lint     static checks
#   make install    PREFIX, DESTDIR            make bench    figures
# KERNEL=0 leaves kernel mode out (no libraries); SAN=1 builds with ASan and UBSan; V=1 shows commands.

VERSION := 0.1
PREFIX ?= /usr/local
CC ?= gcc
KERNEL ?= 1
SAN ?= 0
O := build/$(if $(filter 1,$(SAN)),san,rel)$(if $(filter 0,$(KERNEL)),-model)

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wno-missing-field-initializers
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -I. -DPKTWALK_VERSION='"$(VERSION)"' $(WARN) $(CFLAGS)
LDLIBS :=
ifeq ($(SAN),1)
ALL_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1
LDFLAGS += -fsanitize=address,undefined
endif

SRC := $(wildcard model/*.c sim/*.c)
ifeq ($(KERNEL),0)
SRC += kernel/stub.c
else
SRC += $(filter-out kernel/stub.c,$(wildcard kernel/*.c))
LDLIBS += -lmnl -lnftnl -lpcap
endif
OBJ := $(SRC:%.c=$O/%.o)
LIBOBJ := $(filter-out $O/sim/main.o,$(OBJ))
Q := $(if $(filter 1,$(V)),,@)

all: pktwalk

pktwalk: $O/pktwalk
	$(Q)ln -sf $< $@

$O/pktwalk: $(OBJ)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$O/libpktwalk.a: $(LIBOBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$O/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

objs: $(OBJ)

# Unit tests: tests/unit/X_test.c is one program, linked with what it needs of the library.
UNIT := $(patsubst tests/unit/%.c,$O/unit/%,$(wildcard tests/unit/*_test.c))
$O/unit/%: tests/unit/%.c tests/unit/check.h $O/libpktwalk.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $O/libpktwalk.a $(LDLIBS)
unit: $(UNIT)
	$(Q)for t in $(UNIT); do $$t || exit 1; done

clean:
	rm -rf build pktwalk

.PHONY: all objs unit clean
-include $(OBJ:.o=.d)
