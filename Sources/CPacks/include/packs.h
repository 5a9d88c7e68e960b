#pragma once

#include <stddef.h>
#include <stdint.h>

// The shipped packs, as they stand in rules/, in order of name. Bytes one by one, so that no address reaches Swift.

int pack_count(void);
// Bytes in the name, or the text, of a pack.
size_t pack_name_length(int pack);
uint8_t pack_name_byte(int pack, size_t place);
size_t pack_length(int pack);
uint8_t pack_byte(int pack, size_t place);
