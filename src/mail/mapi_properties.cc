#include "mail/mapi_properties.h"

#include <algorithm>
#include <cstddef>

#include "mail/little_endian.h"

namespace sekisho::mail {
namespace {

constexpr uint16_t kMultiple = 0x1000;
constexpr uint16_t kFirstNamed = 0x8000;
constexpr uint32_t kNamedByNumber = 0, kNamedByText = 1;

uint32_t padding_of(uint32_t bytes) { return (4 - bytes % 4) % 4; }

}  // namespace

uint32_t MapiProperties::bytes_of_type(uint16_t type) {
  switch (type) {
    case 0x00:  // unspecified, null
    case 0x01:
      return 0;
    case 0x02:
    case 0x0b:
      return 2;
    case 0x03:
    case 0x04:
    case 0x0a:
      return 4;
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x14:
    case 0x40:
      return 8;
    case 0x48:
      return 16;
    case kObject:
    case kString8:
    case kUnicode:
    case kBinary:
      return kVariable;
    default:
      return kUnknown;
  }
}

void MapiProperties::reset() { gather(Step::kCount, 4); }

void MapiProperties::gather(Step step, size_t bytes) {
  step_ = step;
  have_ = 0;
  need_ = bytes;
  left_ = 0;
}

void MapiProperties::pass(Step step, uint64_t bytes, const OnValue& on_value) {
  step_ = step;
  need_ = 0;
  left_ = bytes;
  if (left_ == 0) on_passed(on_value);
}

void MapiProperties::feed(std::string_view bytes, const OnValue& on_value) {
  while (!bytes.empty() && step_ != Step::kEnded) {
    if (need_ > 0) {
      const size_t take = std::min(need_ - have_, bytes.size());
      std::copy_n(bytes.begin(), take, gathered_.begin() + static_cast<ptrdiff_t>(have_));
      bytes.remove_prefix(take);
      have_ += take;
      if (have_ == need_) on_gathered(on_value);
      continue;
    }
    const size_t take = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
    if (step_ == Step::kValue) on_value({Value::Kind::kBytes, id_, type_, bytes.substr(0, take)});
    bytes.remove_prefix(take);
    left_ -= take;
    if (left_ == 0) on_passed(on_value);
  }
}

void MapiProperties::on_gathered(const OnValue& on_value) {
  switch (step_) {
    case Step::kCount:
      properties_ = little_endian_32(gathered_.data());
      return next_property();
    case Step::kTag:
      type_ = little_endian_16(gathered_.data());
      id_ = little_endian_16(gathered_.data() + 2);
      if (id_ >= kFirstNamed) return gather(Step::kNamespace, 20);
      return begin_values(on_value);
    case Step::kNamespace: {
      const uint32_t named_by = little_endian_32(gathered_.data() + 16);
      if (named_by == kNamedByNumber) return gather(Step::kNameNumber, 4);
      if (named_by == kNamedByText) return gather(Step::kNameLength, 4);
      step_ = Step::kEnded;
      return;
    }
    case Step::kNameNumber:
      return begin_values(on_value);
    case Step::kNameLength: {
      const uint32_t bytes = little_endian_32(gathered_.data());
      return pass(Step::kName, uint64_t{bytes} + padding_of(bytes), on_value);
    }
    case Step::kValueCount:
      values_ = little_endian_32(gathered_.data());
      return next_value(on_value);
    case Step::kValueLength:
      return begin_value(little_endian_32(gathered_.data()), on_value);
    default:
      return;
  }
}

void MapiProperties::on_passed(const OnValue& on_value) {
  if (step_ == Step::kName) return begin_values(on_value);
  if (step_ == Step::kPadding) return next_value(on_value);
  on_value({Value::Kind::kEnd, id_, type_, {}});
  if (padding_ > 0) return pass(Step::kPadding, padding_, on_value);
  next_value(on_value);
}

void MapiProperties::next_property() {
  if (properties_ == 0) {
    step_ = Step::kEnded;
    return;
  }
  --properties_;
  gather(Step::kTag, 4);
}

void MapiProperties::begin_values(const OnValue& on_value) {
  const bool multiple = (type_ & kMultiple) != 0;
  fixed_bytes_ = bytes_of_type(type_ & static_cast<uint16_t>(~kMultiple));
  if (fixed_bytes_ == kUnknown || (fixed_bytes_ == 0 && multiple)) {
    step_ = Step::kEnded;
    return;
  }
  if (is_variable() || multiple) return gather(Step::kValueCount, 4);
  values_ = fixed_bytes_ > 0 ? 1 : 0;
  next_value(on_value);
}

void MapiProperties::next_value(const OnValue& on_value) {
  if (values_ == 0) return next_property();
  --values_;
  if (is_variable()) return gather(Step::kValueLength, 4);
  begin_value(fixed_bytes_, on_value);
}

void MapiProperties::begin_value(uint32_t bytes, const OnValue& on_value) {
  padding_ = padding_of(bytes);
  on_value({Value::Kind::kBegin, id_, type_, {}});
  pass(Step::kValue, bytes, on_value);
}

}  // namespace sekisho::mail
