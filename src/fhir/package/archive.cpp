#include "fhir/package/archive.h"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/core.h>
#include <zlib.h>

namespace tasuki::fhir {
namespace {

constexpr size_t block_bytes = 512;
constexpr size_t name_bytes_max = 4096;

Error bad_archive(std::string what, std::string_view where = {}) {
  return {Error::Kind::invalid, std::move(what), std::string(where)};
}

Error archive_too_large(std::string what, std::string_view where = {}) {
  return {Error::Kind::too_costly, std::move(what), std::string(where)};
}

// Inflates piece by piece: at most one piece is in memory beyond the file being read.
class Gunzip {
 public:
  Gunzip(std::string_view bytes, size_t bytes_max) : left_(bytes), bytes_max_(bytes_max) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    is_open_ = inflateInit2(&stream_, 15 + 16) == Z_OK;  // 15 + 16: gzip only
  }
  ~Gunzip() {
    if (is_open_) inflateEnd(&stream_);
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Exactly so many bytes more; fewer only at the end.
  Result<std::string> take(size_t bytes) {
    std::string out(bytes, '\0');
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(bytes);
    while (stream_.avail_out > 0 && !is_at_end_) {
      const int outcome = inflate(&stream_, Z_NO_FLUSH);
      if (outcome == Z_STREAM_END) {
        is_at_end_ = true;
      } else if (outcome != Z_OK) {
        return bad_archive("The package is not a whole gzip file: .tgz is expected.");
      }
    }
    out.resize(bytes - stream_.avail_out);
    taken_ += out.size();
    if (taken_ > bytes_max_) {
      return archive_too_large(
          fmt::format("The package unpacks to more than {} bytes.", bytes_max_));
    }
    return out;
  }

 private:
  z_stream stream_{};
  std::string_view left_;
  size_t bytes_max_, taken_ = 0;
  bool is_open_ = false, is_at_end_ = false;
};

struct Header {
  std::string name;
  size_t bytes = 0;
  char kind = '0';
};

std::string_view field(std::string_view block, size_t offset, size_t size) {
  const std::string_view whole = block.substr(offset, size);
  return whole.substr(0, whole.find('\0'));
}

Result<size_t> octal(std::string_view text) {
  size_t number = 0;
  for (const char digit : text) {
    if (digit == ' ') continue;
    if (digit < '0' || digit > '7' || number > (size_t{1} << 40))
      return bad_archive("The archive has a header that is not tar's.");
    number = number * 8 + static_cast<size_t>(digit - '0');
  }
  return number;
}

Result<Header> header_of(std::string_view block) {
  size_t sum = 0;
  for (size_t i = 0; i < block.size(); ++i)
    sum += static_cast<unsigned char>(i >= 148 && i < 156 ? ' ' : block[i]);
  if (TRY(octal(field(block, 148, 8))) != sum)
    return bad_archive("The archive is damaged: a header's checksum does not agree.");
  Header header;
  header.name = field(block, 0, 100);
  if (const auto prefix = field(block, 345, 155);
      !prefix.empty() && block.substr(257, 5) == "ustar")
    header.name = std::string(prefix) + "/" + header.name;
  header.bytes = TRY(octal(field(block, 124, 12)));
  header.kind = block[156] == '\0' ? '0' : block[156];
  return header;
}

// "27 path=package/long-name.json\n": the only pax record that matters here.
std::string pax_path(std::string_view records) {
  const size_t at = records.find(" path=");
  if (at == std::string_view::npos) return {};
  const std::string_view value = records.substr(at + 6);
  return std::string(value.substr(0, value.find('\n')));
}

bool climbs(std::string_view name) {
  if (name.starts_with('/') || name.contains('\\') || name.contains('\0')) return true;
  for (size_t start = 0; start <= name.size();) {
    const size_t end = std::min(name.find('/', start), name.size());
    if (name.substr(start, end - start) == "..") return true;
    start = end + 1;
  }
  return false;
}

bool is_wanted(std::string_view name) {
  if (name.starts_with("./")) name.remove_prefix(2);
  if (!name.starts_with("package/") || !name.ends_with(".json")) return false;
  const std::string_view file = name.substr(8);
  return !file.contains('/') && !file.starts_with('.');
}

class TarReader {
 public:
  TarReader(std::string_view bytes, const ArchiveLimits& limits)
      : in_(bytes, limits.unpacked_bytes_max), limits_(limits) {}

  Result<std::vector<ArchiveFile>> read() {
    size_t seen = 0;
    while (TRY(next())) {
      if (++seen > limits_.files_max) {
        return archive_too_large(
            fmt::format("The package has more than {} files.", limits_.files_max));
      }
    }
    return std::move(files_);
  }

 private:
  // One entry; false at the end of the archive.
  Result<bool> next() {
    const std::string block = TRY(in_.take(block_bytes));
    if (block.empty() || std::ranges::all_of(block, [](char byte) { return byte == '\0'; }))
      return false;
    if (block.size() != block_bytes)
      return bad_archive("The archive ends in the middle of a header.");
    Header header = TRY(header_of(block));
    if (!long_name_.empty()) header.name = std::exchange(long_name_, {});
    if (climbs(header.name))
      return bad_archive("A file of the package has a name outside of it.", header.name);
    if (header.bytes > limits_.file_bytes_max) {
      return archive_too_large(fmt::format("A file of more than {} bytes.", limits_.file_bytes_max),
                               header.name);
    }
    return contents(header);
  }

  Result<bool> contents(const Header& header) {
    switch (header.kind) {
      case 'L':  // GNU: the next file's name
      case 'x': {
        if (header.bytes > name_bytes_max)
          return bad_archive("A file name without end.", header.name);
        std::string bytes = TRY(whole(header.bytes));
        long_name_ = header.kind == 'x' ? pax_path(bytes) : bytes.substr(0, bytes.find('\0'));
        return true;
      }
      case '0': {
        std::string bytes = TRY(whole(header.bytes));
        if (is_wanted(header.name)) files_.push_back({header.name, std::move(bytes)});
        return true;
      }
      case '5':
      case 'g':
        TRY(whole(header.bytes));
        return true;
      default:
        return bad_archive("The package holds a link or a device; only files are allowed.",
                           header.name);
    }
  }

  // A file's bytes, and what fills its last block.
  Result<std::string> whole(size_t bytes) {
    const size_t padded = (bytes + block_bytes - 1) / block_bytes * block_bytes;
    std::string out = TRY(in_.take(padded));
    if (out.size() != padded) return bad_archive("The archive ends in the middle of a file.");
    out.resize(bytes);
    return out;
  }

  Gunzip in_;
  const ArchiveLimits& limits_;
  std::vector<ArchiveFile> files_;
  std::string long_name_;
};

}  // namespace

Result<std::vector<ArchiveFile>> read_archive(std::string_view bytes, ArchiveLimits limits) {
  return TarReader(bytes, limits).read();
}

}  // namespace tasuki::fhir
