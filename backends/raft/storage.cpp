// Records in a file: whole ones count, a torn one ends it.
#include "backends/raft/storage.hpp"

#include <boost/crc.hpp>
#include <utility>

#include "backends/raft/encoding.hpp"

namespace lockstep::raft {
namespace {

constexpr const char* log_file = "raft-log";
constexpr const char* snapshot_file = "raft-snapshot";
constexpr std::size_t head_size = 8;

struct Record {
  ServerId self{};
  std::uint64_t boot = 0;
  std::optional<HardState> state{};
  Index first = 0;  // not 0: the log from here on is `entries`
  std::vector<Entry> entries{};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(self, boot, state, first, entries);
  }
};

void put_number(std::string& out, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return number;
}

std::uint32_t check_sum(const char* bytes, std::size_t count) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes, count);
  return crc.checksum();
}

std::string framed(const Record& record) {
  const std::string bytes = to_bytes(record);
  std::string out;
  put_number(out, static_cast<std::uint32_t>(bytes.size()));
  put_number(out, check_sum(bytes.data(), bytes.size()));
  return out + bytes;
}

/// What a file of records says.
struct Contents {
  std::size_t whole = 0;  // bytes that count
  ServerId self{};
  std::uint64_t boot = 0;
  HardState state{};
  Index first = 1;
  std::vector<Entry> entries{};

  void take(Record record) {
    self = record.self;
    boot = record.boot;
    if (record.state) state = *record.state;
    if (record.first == 0) return;
    if (entries.empty()) first = record.first;
    entries.resize(static_cast<std::size_t>(record.first - first));
    for (Entry& entry : record.entries) entries.push_back(std::move(entry));
  }
};

Contents read_records(const std::string& file) {
  Contents contents;
  while (file.size() - contents.whole >= head_size) {
    const std::size_t begin = contents.whole + head_size;
    const std::size_t size = number_at(file, contents.whole);
    if (file.size() - begin < size) break;
    if (check_sum(file.data() + begin, size) != number_at(file, contents.whole + 4)) break;
    auto record = from_bytes<Record>(file.substr(begin, size));
    if (!record) break;
    contents.take(std::move(*record));
    contents.whole = begin + size;
  }
  return contents;
}

/// The entries of a log that a snapshot leaves: none when the log is not the one that led to it,
/// for then it was installed, and the crash came before the log was written anew.
std::vector<Entry> entries_after(const Snapshot& snapshot, Contents& contents) {
  const Index last = contents.first + contents.entries.size() - 1;
  if (contents.first == snapshot.index + 1) return std::move(contents.entries);
  if (last < snapshot.index || contents.first > snapshot.index) return {};
  const auto at =
      contents.entries.begin() + static_cast<std::ptrdiff_t>(snapshot.index - contents.first);
  if (at->term != snapshot.term) return {};
  return {at + 1, contents.entries.end()};
}

}  // namespace

Task<Result<Saved>> Storage::load() {
  auto log = co_await env_.disk().read(log_file);
  if (!log) co_return fail(log.error());
  auto snapshot = co_await env_.disk().read(snapshot_file);
  if (!snapshot) co_return fail(snapshot.error());
  Contents contents = read_records(*log);
  Saved saved;
  if (auto known = from_bytes<Snapshot>(*snapshot)) saved.snapshot = std::move(*known);
  self_ = contents.self;
  if (!self_) self_ = ServerId{env_.id(), env_.random().next() | 1};
  boot_ = contents.boot + 1;
  saved.self = self_;
  saved.boot = boot_;
  saved.state = contents.state;
  saved.entries = entries_after(saved.snapshot, contents);
  // A process that was killed may have left what the disk does not have yet, and a torn tail would
  // hide what is written behind it: the file is written anew.
  Record record;
  record.self = self_;
  record.boot = boot_;
  record.state = saved.state;
  record.first = saved.snapshot.index + 1;
  record.entries = saved.entries;
  const auto synced = co_await env_.disk().sync(snapshot_file);
  if (!synced) co_return fail(synced.error());
  const auto written = co_await env_.disk().replace(log_file, framed(record));
  if (!written) co_return fail(written.error());
  const auto safe = co_await env_.disk().sync(log_file);
  if (!safe) co_return fail(safe.error());
  co_return saved;
}

Task<Result<void>> Storage::write(Save save) {
  const bool anew = save.snapshot.has_value();
  if (anew) {
    const auto kept = co_await write_snapshot(std::move(*save.snapshot));
    if (!kept) co_return kept;
  }
  Record record;
  record.self = self_;
  record.boot = boot_;
  record.state = save.state;
  record.first = save.first;
  record.entries = std::move(save.entries);
  std::string bytes = framed(record);
  if (anew) {
    const auto written = co_await env_.disk().replace(log_file, std::move(bytes));
    if (!written) co_return written;
  } else {
    const auto written = co_await env_.disk().append(log_file, std::move(bytes));
    if (!written) co_return written;
  }
  if (!save.must_sync) co_return Result<void>();
  const auto synced = co_await env_.disk().sync(log_file);
  co_return synced;
}

Task<Result<void>> Storage::write_snapshot(Snapshot snapshot) {
  const auto written = co_await env_.disk().replace(snapshot_file, to_bytes(snapshot));
  if (!written) co_return written;
  const auto synced = co_await env_.disk().sync(snapshot_file);
  co_return synced;
}

}  // namespace lockstep::raft
