/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds libpcap's functions by name (dlopen(3)). The first name is the one that Debian and its kin gave the library,
 * the next that of its authors. */
#include "kernel/libpcap.h"

#include <dlfcn.h>
#include <string.h>

static const struct {
	const char *name;
	size_t at;
} functions[] = {
#define F(name_)                                                                                                       \
	{                                                                                                              \
		"pcap_" #name_, offsetof(struct libpcap, name_)                                                        \
	}
	F(create),
	F(set_snaplen),
	F(set_buffer_size),
	F(set_immediate_mode),
	F(set_tstamp_precision),
	F(activate),
	F(close),
	F(datalink),
	F(setdirection),
	F(setnonblock),
	F(dispatch),
	F(stats),
	F(get_selectable_fd),
	F(geterr),
	F(statustostr),
#undef F
};

static void *open_library(void)
{
	static const char *const names[] = { "libpcap.so.0.8", "libpcap.so.1", "libpcap.so" };
	void *lib = NULL;

	for (size_t i = 0; !lib && i < ARRAY_SIZE(names); i++)
		lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return lib;
}

/* POSIX has a function's address in an object pointer; C has no cast for it. */
static bool find(void *lib, const char *name, void *to)
{
	void *at = dlsym(lib, name);

	memcpy(to, &at, sizeof(at));
	return at;
}

static int missing(struct libpcap *l, const char *name, struct err *err)
{
	*l = (struct libpcap){ 0 };
	return err_set(err, (struct loc){ 0 }, "captures need another libpcap: this one has no %s()", name);
}

int libpcap_load(struct libpcap *l, struct err *err)
{
	void *lib;

	if (l->create)
		return 0;
	lib = open_library();
	if (!lib)
		return err_set(err, (struct loc){ 0 }, "captures need libpcap: %s", dlerror());
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!find(lib, functions[i].name, (char *)l + functions[i].at))
			return missing(l, functions[i].name, err);
	return 0;
}
