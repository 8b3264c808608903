// mail/inner_files.h: the files inside a part: in its text (file_in_text.h), or in a container that
// it is: TNEF ("winmail.dat", tnef.h), AppleSingle or AppleDouble (apple_file.h).
//
//   InnerFiles f;  f.feed(decoded, on_file);  …  f.finish(on_file);     // their names and bytes
//   f.look(decoded, as);  …  f.in_text(), f.in_container()              // only whether there are
//   any
//
// A container is known by its first bytes, whatever the part calls itself: by these clients open
// it.
//
// Memory: the readers', each made when first needed.  Process: inspector worker.
// Broken input: never fails.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mail/apple_file.h"
#include "mail/file_in_text.h"
#include "mail/inner_file.h"
#include "mail/tnef.h"

namespace sekisho::mail {

class InnerFiles {
 public:
  enum class As { kText, kBinary };  // whether text is looked for

  void reset();
  void feed(std::string_view bytes, const OnInnerFile& on_file);
  void finish(const OnInnerFile& on_file);
  void look(std::string_view bytes, As as);
  bool in_text() const { return text_.seen(); }
  bool in_container() const { return is_container(form_); }

 private:
  enum class Form { kUnknown, kText, kTnef, kApple };

  static bool is_container(Form form) { return form == Form::kTnef || form == Form::kApple; }
  std::string_view take_head(std::string_view bytes);
  void give(std::string_view bytes, const OnInnerFile& on_file);

  Form form_ = Form::kUnknown;
  std::string head_;  // until the form is known
  FileInText text_;
  std::unique_ptr<Tnef> tnef_;
  AppleFile apple_;
};

}  // namespace sekisho::mail
