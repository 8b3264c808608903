// mail/mapi_properties.h: a list of MAPI properties, while it streams.
//
//   MapiProperties p;  p.feed(chunk, on_value);          // begin, bytes…, end of each value
//
// Memory: fixed.  Process: inspector worker.  Broken input: what can't be a property ends the list.
// Standard: MS-OXTNEF §2.1.3.4 (values), MS-OXCDATA §2.11.1 (types).

#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

namespace sekisho::mail {

class MapiProperties {
 public:
  static constexpr uint16_t kString8 = 0x1e, kUnicode = 0x1f, kObject = 0x0d, kBinary = 0x102;

  struct Value {
    enum class Kind { kBegin, kBytes, kEnd };
    Kind kind;
    uint16_t id, type;
    std::string_view bytes;
  };
  using OnValue = std::function<void(const Value&)>;

  MapiProperties() { reset(); }
  void reset();
  void feed(std::string_view bytes, const OnValue& on_value);
  bool ended() const { return step_ == Step::kEnded; }

 private:
  enum class Step {
    kCount,
    kTag,
    kNamespace,
    kNameNumber,
    kNameLength,
    kName,
    kValueCount,
    kValueLength,
    kValue,
    kPadding,
    kEnded
  };

  void on_gathered(const OnValue& on_value);
  void on_passed(const OnValue& on_value);
  void gather(Step step, size_t bytes);
  void pass(Step step, uint64_t bytes, const OnValue& on_value);
  void next_property();
  void begin_values(const OnValue& on_value);
  void next_value(const OnValue& on_value);
  void begin_value(uint32_t bytes, const OnValue& on_value);
  bool is_variable() const { return fixed_bytes_ == kVariable; }

  static constexpr uint32_t kVariable = ~0u;
  static constexpr uint32_t kUnknown = ~0u - 1;
  static uint32_t bytes_of_type(uint16_t type);

  Step step_ = Step::kCount;
  std::array<unsigned char, 20> gathered_{};
  size_t have_ = 0, need_ = 0;
  uint64_t left_ = 0;  // to pass
  uint32_t properties_ = 0, values_ = 0;
  uint16_t id_ = 0, type_ = 0;
  uint32_t fixed_bytes_ = 0;
  uint32_t padding_ = 0;
};

}  // namespace sekisho::mail
