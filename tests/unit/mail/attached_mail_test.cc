#include "mail/attached_mail.h"

#include <gtest/gtest.h>

namespace sekisho::mail {
namespace {

bool is_mail(std::string_view text) {
  AttachedMail mail;
  mail.reset();
  for (const char c : text) mail.feed({&c, 1});
  return mail.seen();
}

TEST(AttachedMail, BeginsWithFieldsOneOfThemAMailHas) {
  EXPECT_TRUE(is_mail("From: a@example.com\r\n\r\nhello"));
  EXPECT_TRUE(is_mail("X-Mailer: x\nX-Folded: a\n b\nSUBJECT : hi\n"));
  EXPECT_TRUE(is_mail("\r\n\xEF\xBB\xBFReceived: by x\r\n"));
  EXPECT_TRUE(is_mail("From a@example.com Mon Jan  1 00:00:00 2024\nDate: x\n"));
}

TEST(AttachedMail, IsNothingElse) {
  EXPECT_FALSE(is_mail(""));
  EXPECT_FALSE(is_mail("From here on it is a letter\n"));
  EXPECT_FALSE(is_mail("PK\x03\x04: Subject: x\n"));
  EXPECT_FALSE(is_mail("key: value\nother: value\n\nSubject: too late\n"));
  EXPECT_FALSE(is_mail("a sentence with a colon: and\nSubject: x\n"));
  EXPECT_FALSE(is_mail("X-Long: " + std::string(AttachedMail::kHeadBytes, 'x') + "\nSubject: x\n"));
}

}  // namespace
}  // namespace sekisho::mail
