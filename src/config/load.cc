// Reads the main file, then the domain files, then checks what they say about each other.

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

#include "base/file.h"
#include "config/config.h"
#include "config/domain_name.h"
#include "config/domain_reader.h"
#include "config/endpoint.h"
#include "config/references.h"
#include "config/section_reader.h"
#include "config/settings.h"
#include "config/units.h"
#include "config/wording.h"

namespace sekisho::config {
namespace {

constexpr std::string_view kDomainsFolder = "domains.d";  // read by default, where it exists

class Loader {
 public:
  LoadedConfig take() {
    if (!broken_) check_references(config(), origins_);
    sort_errors();
    return std::move(out_);
  }

  void read_main(std::string_view text, std::string file, const std::filesystem::path& base) {
    Source source = start_file(std::move(file), base);
    config().plans["standard"].name = "standard";
    toml::table root;
    if (!parse(source, text, root)) return;
    check_sections(source, root);
    read_server(source, root);
    read_listeners(source, root);
    read_plans(source, root);
    read_next_hops(source, root);
    read_defaults_of_paths();
    for (const toml::table* table : tables(root, "domain")) add_domain(source, *table, "");
    read_domain_files(source, root);
    if (!domain_seen_ && !broken_)
      source.error(0, "no domain is hosted; write a [[domain]] section, or a file in the folder " +
                          std::string(kDomainsFolder));
  }

  // A file that can't be read is one error, without all that would follow from it.
  void fail(std::string file, std::string what) {
    start_file(std::move(file), {}).error(0, std::move(what));
    broken_ = true;
  }

 private:
  Config& config() { return out_.config; }

  Source start_file(std::string file, const std::filesystem::path& base) {
    ranks_.emplace(file, ranks_.size());
    return {std::move(file), base, &out_.errors};
  }

  bool parse(const Source& source, std::string_view text, toml::table& root) {
    try {
      root = toml::parse(text, source.file);
      return true;
    } catch (const toml::parse_error& error) {
      source.error(error.source().begin.line,
                   "not TOML: " + std::string(error.description()) + "; correct the line");
      broken_ = true;
      return false;
    }
  }

  // The form of each section, and what is no section at all.
  void check_sections(const Source& source, const toml::table& root) {
    std::vector<std::string_view> known{"domains"};
    for (const Section& section : sections())
      if (section.form != SectionForm::kTop && section.form != SectionForm::kInner)
        known.push_back(section.name);
    for (const auto& [key, value] : root) {
      if (key.str() == "domains") continue;
      const Section* section = nullptr;
      for (const Section& candidate : sections())
        if (candidate.name == key.str() && candidate.form != SectionForm::kInner)
          section = &candidate;
      if (section == nullptr)
        source.error(line_of(key), std::string(key.str()) + ": there is no such section; " +
                                       suggestion_text(key.str(), known));
      else
        check_form(source, *section, line_of(key), value);
    }
  }

  static void check_form(const Source& source, const Section& section, unsigned line,
                         const toml::node& node) {
    const std::string name(section.name);
    if (section.form == SectionForm::kList) {
      const toml::array* list = node.as_array();
      if (list == nullptr || !std::all_of(list->begin(), list->end(),
                                          [](const toml::node& item) { return item.is_table(); }))
        source.error(line, name + ": there may be several; write [[" + name + "]]");
      return;
    }
    if (!node.is_table()) {
      const bool named = section.form == SectionForm::kNamed;
      return source.error(line, name + ": is a section; write [" + name + (named ? ".NAME]" : "]"));
    }
    if (section.form != SectionForm::kNamed) return;
    for (const auto& [key, value] : *node.as_table())
      if (!value.is_table())
        source.error(line_of(key), dotted(name, key.str()) + ": is not a section; write [" + name +
                                       ".NAME] before it");
  }

  static std::vector<const toml::table*> tables(const toml::table& root, std::string_view section) {
    std::vector<const toml::table*> found;
    if (const toml::node* node = root.get(section); node != nullptr && node->is_array())
      for (const toml::node& item : *node->as_array())
        if (item.is_table()) found.push_back(item.as_table());
    return found;
  }

  KeyLines read_one(const Source& source, const toml::table& table, std::string_view section,
                    std::string_view where, const SettingTarget& target) {
    check_keys(source, table, {section}, where);
    return read_section(source, table, section, where, target);
  }

  void read_server(const Source& source, const toml::table& root) {
    SettingTarget target;
    target.config = &config();
    read_section(source, root, "", "", target);
    for (const Section& section : sections()) {
      if (section.form != SectionForm::kTable) continue;
      const toml::node* node = root.get(section.name);
      if (node == nullptr || !node->is_table()) continue;
      const size_t mistakes = out_.errors.size();
      const KeyLines lines =
          read_one(source, *node->as_table(), section.name, section.name, target);
      if (section.name == "inspect" && out_.errors.size() == mistakes)
        check_inspect_paths(source, lines);
    }
    if (root.get("server") == nullptr)
      source.error(
          0, "server.hostname: is missing; write hostname = \"mx.example.net\" below [server]");
    if (const auto name = to_domain_name(config().hostname)) config().hostname = *name;
  }

  // A path that is named must be there, unless it is one of the defaults.
  void check_inspect_paths(const Source& source, const KeyLines& lines) {
    const Inspect& inspect = config().inspect;
    const Inspect defaults;
    check_paths(source, lines, "rules", inspect.rules, defaults.rules);
    check_paths(source, lines, "signatures", inspect.signatures, defaults.signatures);
  }

  static void check_paths(const Source& source, const KeyLines& lines, std::string_view key,
                          const std::vector<std::filesystem::path>& paths,
                          const std::vector<std::filesystem::path>& defaults) {
    const auto line = lines.find(key);
    if (line == lines.end()) return;
    std::error_code error;
    for (const auto& path : paths)
      if (std::find(defaults.begin(), defaults.end(), path) == defaults.end() &&
          !std::filesystem::exists(path, error))
        source.error(line->second, dotted("inspect", key) + ": " + in_quotes(path.string()) +
                                       " is not there; make it, or name another path");
  }

  void read_listeners(const Source& source, const toml::table& root) {
    std::set<std::string> addresses;
    for (const toml::table* table : tables(root, "listener")) {
      Listener listener;
      SettingTarget target;
      target.listener = &listener;
      read_one(source, *table, "listener", "listener", target);
      const std::optional<Endpoint> endpoint = parse_endpoint(listener.address);
      if (endpoint && endpoint->port != 0 && !addresses.insert(listener.address).second)
        source.error(line_of(*table), "listener.address: " + in_quotes(listener.address) +
                                          " is there twice; remove one of the sections");
      config().listeners.push_back(std::move(listener));
    }
    if (config().listeners.empty() && root.get("listener") == nullptr)
      source.error(0, "no port to listen on; write a [[listener]] section with an address");
  }

  void read_plans(const Source& source, const toml::table& root) {
    const toml::node* node = root.get("plan");
    if (node == nullptr || !node->is_table()) return;
    for (const auto& [key, value] : *node->as_table()) {
      if (!value.is_table()) continue;
      Plan& plan = config().plans[std::string(key.str())];
      plan.name = key.str();
      SettingTarget target;
      target.plan = &plan;
      read_one(source, *value.as_table(), "plan", dotted("plan", key.str()), target);
    }
  }

  void read_next_hops(const Source& source, const toml::table& root) {
    if (const toml::node* node = root.get("next_hop"); node != nullptr && node->is_table())
      for (const auto& [key, value] : *node->as_table())
        if (value.is_table()) read_next_hop(source, key.str(), *value.as_table());
    check_forward(source, root);
  }

  void read_next_hop(const Source& source, std::string_view name, const toml::table& table) {
    NextHop& hop = config().next_hops[std::string(name)];
    hop.name = name;
    const std::string where = dotted("next_hop", name);
    SettingTarget target;
    target.next_hop = &hop;
    const size_t mistakes = out_.errors.size();
    const KeyLines lines = read_one(source, table, "next_hop", where, target);
    if (out_.errors.size() != mistakes) return;  // the address depends on the kind
    const unsigned line = lines.find("address")->second;
    if (hop.timeout >= config().smtp.answer_timeout) {
      const auto at = lines.find("timeout");
      source.error(at == lines.end() ? line_of(table) : at->second,
                   where + ".timeout: must be less than smtp.answer_timeout, which is " +
                       duration_text(config().smtp.answer_timeout) + "; lower it");
    }
    if (hop.kind == NextHop::Kind::kMaildir) {
      if (hop.address.empty())
        return source.error(line, where + ".address: is empty; write a folder");
      hop.address = absolute_path(source, hop.address).string();
      return;
    }
    const std::optional<Endpoint> endpoint = parse_endpoint(hop.address);
    if (!endpoint || (endpoint->unix_path.empty() && endpoint->port == 0))
      source.error(line, where + ".address: " + in_quotes(hop.address) +
                             " is no address; write it like 127.0.0.1:24, [::1]:24, "
                             "mail.example.net:25 or unix:/run/dovecot/lmtp");
  }

  void check_forward(const Source& source, const toml::table& root) {
    const std::string& name = config().forward_next_hop;
    if (name.empty()) return;
    const unsigned line = line_of(*root["server"]["forward_next_hop"].node());
    std::vector<std::string_view> known;
    for (const auto& [key, hop] : config().next_hops)
      if (hop.kind == NextHop::Kind::kSmtp) known.push_back(key);
    if (std::find(known.begin(), known.end(), name) == known.end())
      source.error(line, "server.forward_next_hop: there is no next hop " + in_quotes(name) +
                             " of kind smtp; " + suggestion_text(name, known));
  }

  void read_defaults_of_paths() {
    if (config().inspect.scratch.empty()) config().inspect.scratch = config().spool;
  }

  void add_domain(const Source& source, const toml::table& table, std::string_view default_name) {
    domain_seen_ = true;
    std::optional<DomainDraft> draft = read_domain(source, table, default_name, config());
    if (!draft) return;
    const auto [first, is_new] = domain_places_.emplace(
        draft->domain.name, draft->domain.file + ":" + std::to_string(draft->domain.line));
    if (!is_new)
      return source.error(draft->domain.line, "domain.name: " + draft->domain.name +
                                                  " is already defined at " + first->second +
                                                  "; remove one of them");
    config().domains.push_back(std::move(draft->domain));
    origins_.push_back({std::move(draft->lines), std::move(draft->source)});
  }

  void read_domain_files(const Source& source, const toml::table& root) {
    const auto* name = root["domains"].as_string();
    const bool is_set = !config().domains_folder.empty() && name != nullptr;
    const std::string folder = is_set ? name->get() : std::string(kDomainsFolder);
    const std::filesystem::path shown = (source.base_folder / folder).lexically_normal();
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator it(shown, error), end; !error && it != end;
         it.increment(error))
      if (it->path().extension() == ".toml") files.push_back(it->path());
    if (error && (is_set || error != std::errc::no_such_file_or_directory))
      source.error(is_set ? line_of(*root.get("domains")) : 0,
                   "domains: " + in_quotes(shown.string()) + " can't be read: " + error.message() +
                       "; make the folder, or name another");
    if (!error) config().domains_folder = absolute_path(source, folder);
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files) read_domain_file(file);
  }

  void read_domain_file(const std::filesystem::path& file) {
    const Result<std::string> text = read_file(file);
    if (!text)
      return fail(file.string(), "can't be read: " + text.error().message + "; check its rights");
    const Source source = start_file(file.string(), file.parent_path());
    toml::table table;
    if (parse(source, *text, table)) add_domain(source, table, file.stem().string());
  }

  // By file in the order of reading, then by line.
  void sort_errors() {
    std::stable_sort(out_.errors.begin(), out_.errors.end(),
                     [this](const ConfigError& a, const ConfigError& b) {
                       const size_t rank_a = ranks_.at(a.file);
                       const size_t rank_b = ranks_.at(b.file);
                       return rank_a != rank_b ? rank_a < rank_b : a.line < b.line;
                     });
  }

  LoadedConfig out_;
  std::vector<DomainOrigin> origins_;  // beside config().domains
  std::unordered_map<std::string, size_t> ranks_;
  std::unordered_map<std::string, std::string> domain_places_;
  bool domain_seen_ = false;
  bool broken_ = false;  // a file is missing from the picture: what points into it can't be judged
};

}  // namespace

std::string ConfigError::text() const {
  return line == 0 ? file + ": " + what : file + ":" + std::to_string(line) + ": " + what;
}

LoadedConfig parse_config(std::string_view text, std::string file_name,
                          const std::filesystem::path& base_folder) {
  Loader loader;
  loader.read_main(text, std::move(file_name), base_folder);
  return loader.take();
}

LoadedConfig load_config(const std::filesystem::path& file) {
  const Result<std::string> text = read_file(file);
  if (text) return parse_config(*text, file.string(), file.parent_path());
  Loader loader;
  loader.fail(file.string(), "can't be read: " + text.error().message + "; name another file");
  return loader.take();
}

}  // namespace sekisho::config
