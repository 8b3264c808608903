#include "mail/inner_files.h"

#include <algorithm>

namespace sekisho::mail {
namespace {

constexpr size_t kMagicBytes = 4;
static_assert(Tnef::kMagic.size() == kMagicBytes && AppleFile::kSingleMagic.size() == kMagicBytes &&
              AppleFile::kDoubleMagic.size() == kMagicBytes);

}  // namespace

void InnerFiles::reset() {
  form_ = Form::kUnknown;
  head_.clear();
  text_.reset();
}

// Gathers the first bytes and gives back those behind.
std::string_view InnerFiles::take_head(std::string_view bytes) {
  const size_t take = std::min(kMagicBytes - head_.size(), bytes.size());
  head_.append(bytes.substr(0, take));
  if (head_.size() < kMagicBytes) return {};
  if (head_ == Tnef::kMagic)
    form_ = Form::kTnef;
  else if (head_ == AppleFile::kSingleMagic || head_ == AppleFile::kDoubleMagic)
    form_ = Form::kApple;
  else
    form_ = Form::kText;
  if (form_ == Form::kTnef && !tnef_) tnef_ = std::make_unique<Tnef>();
  if (form_ == Form::kTnef) tnef_->reset();
  apple_.reset();
  return bytes.substr(take);
}

void InnerFiles::look(std::string_view bytes, As as) {
  if (as == As::kText) text_.look(bytes);
  if (form_ == Form::kUnknown) take_head(bytes);
}

void InnerFiles::feed(std::string_view bytes, const OnInnerFile& on_file) {
  if (form_ == Form::kUnknown) {
    bytes = take_head(bytes);
    if (form_ == Form::kUnknown) return;
    give(head_, on_file);
  }
  if (!bytes.empty()) give(bytes, on_file);
}

void InnerFiles::give(std::string_view bytes, const OnInnerFile& on_file) {
  if (form_ == Form::kTnef) return tnef_->feed(bytes, on_file);
  if (form_ == Form::kApple) return apple_.feed(bytes, on_file);
  text_.feed(bytes, on_file);
}

void InnerFiles::finish(const OnInnerFile& on_file) {
  if (form_ == Form::kUnknown && !head_.empty()) text_.feed(head_, on_file);
  if (form_ == Form::kTnef) tnef_->finish(on_file);
  if (form_ == Form::kApple) apple_.finish(on_file);
  text_.finish(on_file);
}

}  // namespace sekisho::mail
