#include "packs.h"

// Compiled in by the preprocessor: as literals in Swift the same bytes take minutes to compile.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t arguments[] = {
#embed "../../rules/arguments.sally"
};

static const uint8_t injection[] = {
#embed "../../rules/injection.sally"
};

static const uint8_t pii[] = {
#embed "../../rules/pii.sally"
};

static const uint8_t secrets[] = {
#embed "../../rules/secrets.sally"
};

static const uint8_t toolpoison[] = {
#embed "../../rules/toolpoison.sally"
};

static const struct {
  const char *name;
  size_t name_length;
  const uint8_t *text;
  size_t length;
} packs[] = {
    {"arguments", sizeof "arguments" - 1, arguments, sizeof arguments},
    {"injection", sizeof "injection" - 1, injection, sizeof injection},
    {"pii", sizeof "pii" - 1, pii, sizeof pii},
    {"secrets", sizeof "secrets" - 1, secrets, sizeof secrets},
    {"toolpoison", sizeof "toolpoison" - 1, toolpoison, sizeof toolpoison},
};

int pack_count(void) { return sizeof packs / sizeof *packs; }

static int is_pack(int pack) { return pack >= 0 && pack < pack_count(); }

size_t pack_name_length(int pack) { return is_pack(pack) ? packs[pack].name_length : 0; }

uint8_t pack_name_byte(int pack, size_t place) { return place < pack_name_length(pack) ? (uint8_t)packs[pack].name[place] : 0; }

size_t pack_length(int pack) { return is_pack(pack) ? packs[pack].length : 0; }

uint8_t pack_byte(int pack, size_t place) { return place < pack_length(pack) ? packs[pack].text[place] : 0; }
