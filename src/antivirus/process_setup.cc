#include <clamav.h>
#include <iconv.h>
#include <malloc.h>

#include <ctime>

#include "antivirus/engine.h"

namespace sekisho::antivirus {

void tune_malloc() {
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
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
