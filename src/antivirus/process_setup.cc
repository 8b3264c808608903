#include <clamav.h>
#include <iconv.h>
#include <malloc.h>

#include <ctime>
#include <vector>

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

namespace {

// The code pages that libclamav converts from (names in archives, Office documents, HTML).
constexpr const char* kCharsets[] = {
    "UTF-16",       "UTF-16LE",      "UTF-16BE",      "UTF-32",       "UTF-32LE",
    "UTF-32BE",     "UTF-7",         "IBM037",        "IBM437",       "IBM500",
    "IBM775",       "IBM850",        "IBM852",        "IBM855",       "IBM857",
    "IBM860",       "IBM861",        "IBM863",        "IBM864",       "IBM865",
    "CP866",        "IBM869",        "IBM870",        "WINDOWS-874",  "CP875",
    "SHIFT_JIS",    "GB2312",        "CP949",         "BIG5",         "IBM1026",
    "WINDOWS-1250", "WINDOWS-1251",  "WINDOWS-1252",  "WINDOWS-1253", "WINDOWS-1254",
    "WINDOWS-1255", "WINDOWS-1256",  "WINDOWS-1257",  "WINDOWS-1258", "JOHAB",
    "MACINTOSH",    "IBM273",        "IBM277",        "IBM278",       "IBM280",
    "IBM284",       "IBM285",        "IBM290",        "IBM297",       "IBM420",
    "IBM423",       "IBM424",        "KOI8-R",        "IBM871",       "IBM880",
    "IBM905",       "EUC-JP",        "CP1025",        "KOI8-U",       "ISO-8859-1",
    "ISO-8859-2",   "ISO-8859-3",    "ISO-8859-4",    "ISO-8859-5",   "ISO-8859-6",
    "ISO-8859-7",   "ISO-8859-8",    "ISO-8859-9",    "ISO-8859-13",  "ISO-8859-15",
    "ISO-2022-JP",  "ISO-2022-JP-2", "ISO-2022-JP-3", "ISO-2022-KR",  "EUC-CN",
    "EUC-KR",       "GB18030"};

}  // namespace

void warm_up() {
  tzset();
  // Each has a shared object of glibc's, which stays open as long as a converter of it: for ever.
  static std::vector<iconv_t> converters;
  for (const char* charset : kCharsets)
    converters.push_back(iconv_open("UTF-8//TRANSLIT", charset));
  for (const char* digest : {"md5", "sha1", "sha256"}) {
    unsigned char out[SHA512_HASH_SIZE];
    unsigned bytes = 0;
    cl_hash_data(digest, "x", 1, out, &bytes);
  }
}

}  // namespace sekisho::antivirus
