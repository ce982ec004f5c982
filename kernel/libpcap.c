/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds libpcap's functions by name (dlopen(3)). The first name is the one that Debian and its kin gave the library,
 * the next that of its authors. */
#include "kernel/libpcap.h"

#include <dlfcn.h>
#include <string.h>

static void *open_library(void)
{
	static const char *const names[] = { "libpcap.so.0.8", "libpcap.so.1", "libpcap.so" };
	void *lib = NULL;

	for (size_t i = 0; !lib && i < ARRAY_SIZE(names); i++)
		lib = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	return lib;
}

/* POSIX has a function's address in an object pointer; C has no cast for it. */
static bool find(void *lib, const char *name, void *to)
{
	void *at = dlsym(lib, name);

	memcpy(to, &at, sizeof(at));
	return at;
}

int libpcap_load(struct libpcap *l, struct err *err)
{
	void *lib;

	if (l->create)
		return 0;
	lib = open_library();
	if (!lib)
		return err_set(err, (struct loc){ 0 }, "captures need libpcap: %s", dlerror());
#define F(name) &&find(lib, "pcap_" #name, &l->name)
	if (true LIBPCAP_FUNCTIONS(F))
		return 0;
#undef F
	*l = (struct libpcap){ 0 };
	return err_set(err, (struct loc){ 0 }, "captures need another libpcap: %s", dlerror());
}
