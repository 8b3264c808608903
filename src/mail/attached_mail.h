// mail/attached_mail.h: whether a file is a mail that a client opens as one, whatever it is called.
//
//   AttachedMail mail;  mail.reset();  mail.feed(decoded)…;  if (mail.seen()) …
//
// A file of mail begins with fields, one of them a field that mails have (RFC 5322 §3.6), perhaps
// behind a "From " line (mbox). Its first kHeadBytes decide.
//
// Memory: kHeadBytes.  Process: inspector worker.

#pragma once

#include <string>
#include <string_view>

namespace sekisho::mail {

class AttachedMail {
 public:
  static constexpr size_t kHeadBytes = 1024;

  void reset() { head_.clear(); }
  void feed(std::string_view bytes) {
    if (head_.size() < kHeadBytes) head_.append(bytes.substr(0, kHeadBytes - head_.size()));
  }
  bool seen() const;

 private:
  std::string head_;
};

}  // namespace sekisho::mail
