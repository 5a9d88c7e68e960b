// The code-unit width is a macro that must be set before pcre2.h; Swift then sees the functions by their _8 names.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
