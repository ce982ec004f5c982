# SPDX-License-Identifier: GPL-2.0-or-later
# pktwalk's one Makefile. Sources are found by wildcard: adding a file touches no list.
#   make            build ./pktwalk            make check    all tests
#   make demo       the lesson, both halves    make lint     static checks
#   make install    PREFIX, DESTDIR            make bench    figures
#   make fuzz-kernel   random labs against the kernel
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
LDFLAGS += -Wl,-z,now
ifeq ($(SAN),1)
ALL_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1
LDFLAGS += -fsanitize=address,undefined
endif

SRC := $(wildcard model/*.c sim/*.c)
ifeq ($(KERNEL),0)
SRC += kernel/stub.c kernel/pool.c kernel/cpu.c
else
SRC += $(filter-out kernel/stub.c,$(wildcard kernel/*.c))
LDLIBS += -lmnl -lnftnl -ldl
endif
OBJ := $(SRC:%.c=$O/%.o)
LIBOBJ := $(filter-out $O/sim/main.o,$(OBJ))
Q := $(if $(filter 1,$(V)),,@)

all: pktwalk

# Whichever way it was built last: with libraries or without, with sanitizers or without.
pktwalk: $O/pktwalk FORCE
	$(Q)[ "$$(readlink $@)" = "$<" ] || ln -sf $< $@
FORCE:

$O/pktwalk: $(OBJ)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$O/libpktwalk.a: $(LIBOBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$O/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

objs: $(OBJ)

# Unit tests: tests/unit/X_test.c is one program, linked with what it needs of the library.
# Those of kernel/ are kernel_X_test.c.
UNIT_SRC := $(wildcard tests/unit/*_test.c)
ifeq ($(KERNEL),0)
UNIT_SRC := $(filter-out tests/unit/kernel_%,$(UNIT_SRC))
endif
UNIT := $(UNIT_SRC:tests/unit/%.c=$O/unit/%)
$O/unit/%: tests/unit/%.c tests/unit/check.h $O/libpktwalk.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP $(LDFLAGS) -o $@ $< $O/libpktwalk.a $(LDLIBS)
unit: $(UNIT)
	$(Q)for t in $(UNIT); do $$t || exit 1; done

# ---- what a newcomer runs: both install what is missing first, and say so ----
LESSON := $(sort $(wildcard traces/lesson/*.sh))
demo:
	@tests/deps.sh $(if $(filter 0,$(KERNEL)),model,build)
	@$(MAKE) --no-print-directory all
	@tests/demo.sh $(LESSON)

check:
	@tests/deps.sh check
	@$(MAKE) --no-print-directory -j$$(nproc) all units
	@UNIT_DIR=$O/unit BUILD=$O KERNEL=$(KERNEL) SAN=$(SAN) tests/check.sh $(SUITES)
units: $(UNIT)

# Writes every expected trace anew: read the difference before you commit it.
update: all
	tests/golden.sh --update
	tests/cmd.sh --update

# Labs again and again on the real kernel: make repeat TIMES=100 LOAD=1 [LABS="traces/..."]; see tests/repeat.sh.
repeat: all
	@TIMES=$(or $(TIMES),10) LOAD=$(or $(LOAD),0) $(if $(USERS),USERS="$(USERS)") tests/repeat.sh $(LABS)

# ---- static checks ----
CODE := $(wildcard model/*.[ch] sim/*.[ch] kernel/*.[ch] tests/*.[ch] tests/*/*.[ch])
lint:
	@tests/deps.sh check
	@TIDY=1 tests/check.sh lint

format:
	clang-format -i $(CODE)

# ---- fuzzers: make fuzz SECONDS=600 ----
SECONDS_ ?= $(or $(SECONDS),60)
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SRC := $(filter-out sim/main.c kernel/stub.c,$(wildcard model/*.c sim/*.c kernel/*.c))
ifeq ($(KERNEL),0)
FUZZ := $(filter-out build/fuzz/netlink,$(FUZZ))
FUZZ_SRC := $(filter-out kernel/%,$(FUZZ_SRC))
endif
build/fuzz/%: tests/fuzz/fuzz_%.c build/fuzz/libpktwalk.a
	$(Q)clang $(filter-out -O2,$(ALL_CFLAGS)) -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -o $@ $^ \
		$(LDLIBS)
build/fuzz/libpktwalk.a: $(FUZZ_SRC:%.c=build/fuzz/%.o)
	$(Q)rm -f $@ && ar rcs $@ $^
build/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(Q)clang $(filter-out -O2,$(ALL_CFLAGS)) -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined \
		-MMD -MP -c -o $@ $<
fuzzers: $(FUZZ)
fuzz: fuzzers
	@tests/fuzz.sh $(SECONDS_)

# ---- random labs in model and kernel: make fuzz-kernel LABS=1000 SEED=7 [JOBS=J] [SHARD=I/N] ----
LABS ?= 1000
SEED ?= 1
fuzz-kernel: all
	./pktwalk fuzz --labs $(LABS) --seed $(SEED) $(if $(JOBS),--jobs $(JOBS)) $(if $(SHARD),--shard $(SHARD))

# ---- figures ----
BENCH := $(patsubst tests/bench/%.c,$O/bench/%,$(filter-out $(if $(filter 0,$(KERNEL)),%/build.c),$(wildcard tests/bench/*.c)))
bench:
	@tests/deps.sh bench
	@$(MAKE) --no-print-directory all $(BENCH)
	@tests/bench.sh $O/bench
$O/bench/%: tests/bench/%.c $O/libpktwalk.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $O/libpktwalk.a $(LDLIBS)

# ---- install ----
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $O/pktwalk $(DESTDIR)$(PREFIX)/bin/pktwalk
	install -m 644 docs/pktwalk.1 $(DESTDIR)$(PREFIX)/share/man/man1/pktwalk.1
	install -m 644 docs/pktwalk.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/pktwalk
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/pktwalk $(DESTDIR)$(PREFIX)/share/man/man1/pktwalk.1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/pktwalk

clean:
	rm -rf build pktwalk

.PHONY: FORCE all objs unit units demo check update repeat lint format fuzz fuzzers fuzz-kernel bench install uninstall clean
-include $(OBJ:.o=.d) $(UNIT:=.d) $(FUZZ_SRC:%.c=build/fuzz/%.d)
