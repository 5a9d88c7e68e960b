// zlib's way to begin a stream is a macro, which Swift cannot call.
#include <zlib.h>

// 15 bits of window; 16 more for a gzip wrapper when writing, 32 more for either wrapper when reading.
static inline int sallyport_deflate_begin(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static inline int sallyport_inflate_begin(z_stream *stream) { return inflateInit2(stream, 15 + 32); }
