#include "mail/tnef.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "mail/little_endian.h"

namespace sekisho::mail {
namespace {

using namespace std::string_view_literals;

constexpr size_t kKeyBytes = 2;
constexpr uint8_t kOfMessage = 1, kOfAttachment = 2;  // an attribute's level

// MS-OXTNEF §2.1.3.1, without the type that stands above.
enum Attribute : uint16_t {
  kAttachTitle = 0x8010,
  kAttachData = 0x800f,
  kBody = 0x800c,
  kAttachRendData = 0x9002,
  kAttachment = 0x9005,
  kMessageProperties = 0x9003,
  kOemCodePage = 0x9007,
  kAttachTransportName = 0x9001
};

// MS-OXPROPS.
enum Property : uint16_t {
  kDisplayName = 0x3001,
  kAttachDataBytes = 0x3701,
  kAttachName = 0x3704,
  kAttachLongName = 0x3707,
  kTextBody = 0x1000,
  kRtfCompressed = 0x1009,
  kHtmlBody = 0x1013
};

// An attached message is an object of this interface; behind its name stands a TNEF.
constexpr std::string_view kMessageInterface =
    "\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"sv;

constexpr size_t kUnpackedAtOnce = 4096;

std::string charset_of_code_page(uint32_t page) {
  switch (page) {
    case 932:
      return "shift_jis";
    case 936:
      return "gbk";
    case 949:
      return "euc-kr";
    case 950:
      return "big5";
    case 65001:
      return "utf-8";
    default:
      return "windows-" + std::to_string(page);
  }
}

}  // namespace

void Tnef::reset() {
  gather(Step::kSignature, kMagic.size() + kKeyBytes);
  use_ = attribute_use_ = Use::kPass;
  text_.clear();
  name_.clear();
  open_ = has_data_ = of_attachment_ = false;
  charset_.clear();
}

void Tnef::gather(Step step, size_t bytes) {
  step_ = step;
  have_ = 0;
  need_ = bytes;
}

void Tnef::feed(std::string_view bytes, const OnInnerFile& on_file) {
  while (!bytes.empty() && step_ != Step::kEnded) {
    if (step_ != Step::kData) {
      const size_t take = std::min(need_ - have_, bytes.size());
      std::copy_n(bytes.begin(), take, gathered_.begin() + static_cast<ptrdiff_t>(have_));
      bytes.remove_prefix(take);
      have_ += take;
      if (have_ == need_) on_gathered(on_file);
      continue;
    }
    const std::string_view data = bytes.substr(0, left_);
    bytes.remove_prefix(data.size());
    left_ -= static_cast<uint32_t>(data.size());
    if (attribute_use_ == Use::kProperties)
      properties_.feed(data, [&](const MapiProperties::Value& value) { on_value(value, on_file); });
    else
      take(data, on_file);
    if (left_ == 0) {
      end(on_file);
      gather(Step::kChecksum, 2);
    }
  }
}

void Tnef::finish(const OnInnerFile& on_file) {
  if (step_ == Step::kData) end(on_file);
  step_ = Step::kEnded;
  close_file(on_file);
}

void Tnef::on_gathered(const OnInnerFile& on_file) {
  if (step_ == Step::kSignature) {
    const std::string_view head(reinterpret_cast<const char*>(gathered_.data()), kMagic.size());
    return head == kMagic ? gather(Step::kAttribute, 9) : gather(Step::kEnded, 0);
  }
  if (step_ == Step::kChecksum) return gather(Step::kAttribute, 9);
  const uint8_t level = gathered_[0];
  if (level != kOfMessage && level != kOfAttachment) return gather(Step::kEnded, 0);
  left_ = little_endian_32(gathered_.data() + 5);
  step_ = Step::kData;
  begin_attribute(level, little_endian_16(gathered_.data() + 1), on_file);
  if (left_ > 0) return;
  end(on_file);
  gather(Step::kChecksum, 2);
}

void Tnef::begin_attribute(uint8_t level, uint16_t id, const OnInnerFile& on_file) {
  of_attachment_ = level == kOfAttachment;
  attribute_use_ = Use::kPass;
  use_ = Use::kPass;
  if (!of_attachment_) {
    if (id == kOemCodePage) begin(Use::kCodePage, on_file);
    if (id == kBody) {
      begin_text({"body.txt", "text/plain", charset_}, on_file);
      begin(Use::kText, on_file);
    }
    if (id == kMessageProperties) attribute_use_ = Use::kProperties;
  } else {
    if (id == kAttachRendData) close_file(on_file);  // where the next one begins
    if (id == kAttachTitle || id == kAttachTransportName) begin(Use::kName8, on_file);
    if (id == kAttachData) begin(Use::kFile, on_file);
    if (id == kAttachment) attribute_use_ = Use::kProperties;
  }
  if (attribute_use_ == Use::kProperties) properties_.reset();
}

void Tnef::on_value(const MapiProperties::Value& value, const OnInnerFile& on_file) {
  using Kind = MapiProperties::Value::Kind;
  if (value.kind == Kind::kBytes) return take(value.bytes, on_file);
  if (value.kind == Kind::kEnd) return end(on_file);
  const Use use = use_of(value);
  const std::string_view charset = value.type == MapiProperties::kUnicode   ? "utf-16le"
                                   : value.type == MapiProperties::kString8 ? charset_
                                                                            : std::string_view();
  if (value.id == kHtmlBody && use == Use::kText)
    begin_text({"body.html", "text/html", charset}, on_file);
  else if (use == Use::kText)
    begin_text({"body.txt", "text/plain", charset}, on_file);
  else if (use == Use::kPackedRtf)
    begin_text({"body.rtf", "application/rtf", {}}, on_file);
  begin(use, on_file);
}

Tnef::Use Tnef::use_of(const MapiProperties::Value& value) const {
  if (!of_attachment_) {
    if (value.id == kHtmlBody || value.id == kTextBody) return Use::kText;
    return value.id == kRtfCompressed ? Use::kPackedRtf : Use::kPass;
  }
  switch (value.id) {
    case kDisplayName:
    case kAttachName:
    case kAttachLongName:
      return value.type == MapiProperties::kUnicode ? Use::kName16 : Use::kName8;
    case kAttachDataBytes:
      return value.type == MapiProperties::kObject ? Use::kObject : Use::kFile;
    default:
      return Use::kPass;
  }
}

void Tnef::begin(Use use, const OnInnerFile& on_file) {
  use_ = use;
  text_.clear();
  if (use == Use::kPackedRtf) rtf_.reset();
  if (use != Use::kFile && use != Use::kObject) return;
  if (has_data_) {  // a second content, which another client may take
    const std::string name = name_;
    close_file(on_file);
    name_ = name;
  }
  has_data_ = true;
  if (use == Use::kFile) open_file(on_file);
}

void Tnef::take(std::string_view bytes, const OnInnerFile& on_file) {
  switch (use_) {
    case Use::kPass:
    case Use::kProperties:
      return;
    case Use::kName8:
    case Use::kName16:
    case Use::kCodePage:
      text_.append(bytes.substr(0, kNameBytesMax - std::min(text_.size(), kNameBytesMax)));
      return;
    case Use::kObject:
      return take_object(bytes, on_file);
    case Use::kMessage:
      return inner_->feed(bytes, on_file);
    case Use::kFile:
    case Use::kText:
      return give(bytes, on_file);
    case Use::kPackedRtf:
      for (; !bytes.empty(); bytes.remove_prefix(std::min(kUnpackedAtOnce, bytes.size()))) {
        unpacked_.clear();
        rtf_.feed(bytes.substr(0, kUnpackedAtOnce), unpacked_);
        give(unpacked_, on_file);
      }
  }
}

// An object begins with the name of its interface.
void Tnef::take_object(std::string_view bytes, const OnInnerFile& on_file) {
  const size_t take_now = std::min(kMessageInterface.size() - text_.size(), bytes.size());
  text_.append(bytes.substr(0, take_now));
  bytes.remove_prefix(take_now);
  if (text_.size() < kMessageInterface.size()) return;
  if (text_ == kMessageInterface && depth_ + 1 < kDepthMax) {
    close_file(on_file);
    if (!inner_) inner_ = std::make_unique<Tnef>(depth_ + 1);
    inner_->reset();
    use_ = Use::kMessage;
  } else {
    open_file(on_file);
    use_ = Use::kFile;
  }
  if (!bytes.empty()) take(bytes, on_file);
}

void Tnef::end(const OnInnerFile& on_file) {
  const Use use = std::exchange(use_, Use::kPass);
  if (use == Use::kName8) decoder_.reset(charset_);
  if (use == Use::kName16) decoder_.reset("utf-16le");
  if (use == Use::kName8 || use == Use::kName16) return add_name(on_file);
  if (use == Use::kMessage) return inner_->finish(on_file);
  if (use == Use::kText || use == Use::kPackedRtf) return close_file(on_file);
  if (use != Use::kCodePage || text_.size() < 4) return;
  charset_ =
      charset_of_code_page(little_endian_32(reinterpret_cast<const unsigned char*>(text_.data())));
}

void Tnef::begin_text(const Text& text, const OnInnerFile& on_file) {
  close_file(on_file);
  open_ = true;
  on_file({InnerFileEvent::Kind::kBegin, text.name, {}, text.type, text.charset});
}

void Tnef::give(std::string_view bytes, const OnInnerFile& on_file) {
  if (!bytes.empty()) on_file({InnerFileEvent::Kind::kBytes, {}, bytes, {}, {}});
}

void Tnef::add_name(const OnInnerFile& on_file) {
  decoded_.clear();
  decoder_.feed(text_, decoded_);
  decoder_.finish(decoded_);
  decoded_.resize(std::min(decoded_.find('\0'), decoded_.size()));
  if (decoded_.empty() || decoded_ == name_) return;
  if (name_.empty() && !open_) {
    name_ = decoded_;
    return;
  }
  open_file(on_file);
  if (name_.empty()) name_ = decoded_;
  on_file({InnerFileEvent::Kind::kName, decoded_, {}, {}, {}});
}

void Tnef::open_file(const OnInnerFile& on_file) {
  if (open_) return;
  open_ = true;
  on_file({InnerFileEvent::Kind::kBegin, name_, {}, {}, {}});
}

// One without content has a name all the same.
void Tnef::close_file(const OnInnerFile& on_file) {
  if (!name_.empty()) open_file(on_file);
  if (open_) on_file({InnerFileEvent::Kind::kEnd, {}, {}, {}, {}});
  open_ = has_data_ = false;
  name_.clear();
}

}  // namespace sekisho::mail
