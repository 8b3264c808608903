#include <clamav.h>
#include <iconv.h>
#include <malloc.h>

#include <ctime>

#include "antivirus/engine.h"

namespace sekisho::antivirus {

// Measured with 145,000 patterns and a mail of 4.5 KB: a scan allocates buffers of several MB whose
// size depends on the signatures, not on the mail. As mappings of their own they cost 16,000 page
// faults and 240 ms of CPU, kept in the heap 13 faults and 38 ms. What a large object leaves in the
// heap Engine::scan() gives back.
void tune_malloc() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc takes
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 1 << 20);
}

void warm_up() {
  tzset();
  // Each opens a shared object of glibc's, from then on kept.
  for (const char* charset : {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"}) {
    const iconv_t converter = iconv_open("UTF-8", charset);
    if (converter != reinterpret_cast<iconv_t>(-1)) iconv_close(converter);
  }
  for (const char* digest : {"md5", "sha1", "sha256"}) {
    unsigned char out[SHA512_HASH_SIZE];
    unsigned bytes = 0;
    cl_hash_data(digest, "x", 1, out, &bytes);
  }
}

}  // namespace sekisho::antivirus
