#include "server/faces/pages.h"

#include <fstream>
#include <iterator>

#include "server/faces/answer.h"

namespace tasuki::server::faces {
namespace {

namespace fs = std::filesystem;
constexpr size_t files_max = 2000;
constexpr size_t bytes_max = size_t{64} * 1024 * 1024;

constexpr std::string_view page_policy =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'";

struct Media {
  std::string_view ending, type;
};
constexpr Media medias[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json; charset=utf-8"},
    {".webp", "image/webp"},
};

std::string_view media_of(std::string_view path) {
  for (const Media& media : medias)
    if (path.ends_with(media.ending)) return media.type;
  return "application/octet-stream";
}

Result<std::shared_ptr<const std::string>> contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream.bad() || !stream.is_open())
    return Error{Error::Kind::unavailable,
                 fmt::format("The page file {} cannot be read.", file.string()), file.string()};
  return std::make_shared<const std::string>(std::move(bytes));
}

bool accepts(const net::HttpRequest& request, std::string_view coding) {
  const std::string_view header = request.header("Accept-Encoding");
  const size_t at = header.find(coding);
  return at != std::string_view::npos && !header.substr(at + coding.size()).starts_with(";q=0");
}

// A face is one page whatever its path: its own code reads the rest of the URL.
std::string_view page_of(std::string_view path) {
  if (path == "/") return "/index.html";
  for (const std::string_view face : {"/care", "/me", "/ops", "/study"}) {
    if (!path.starts_with(face)) continue;
    const std::string_view rest = path.substr(face.size());
    if (rest.empty() || rest.starts_with('/')) return face;
  }
  return {};
}

}  // namespace

Result<Pages> Pages::load(const fs::path& folder) {
  Pages pages;
  if (folder.empty()) return pages;
  std::error_code failure;
  size_t bytes = 0, count = 0;
  for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (!at->is_regular_file()) continue;
    auto file = TRY(contents(at->path()));
    bytes += file->size();
    if (++count > files_max || bytes > bytes_max)
      return Error{Error::Kind::too_costly,
                   fmt::format("The web folder {} holds more than {} files or {} bytes.",
                               folder.string(), files_max, bytes_max),
                   folder.string()};
    std::string path = "/" + at->path().lexically_relative(folder).generic_string();
    const bool gzip = path.ends_with(".gz"), brotli = path.ends_with(".br");
    if (gzip || brotli) path.resize(path.size() - 3);
    File& entry = pages.files_[path];
    (gzip ? entry.gzip : brotli ? entry.brotli : entry.plain) = std::move(file);
    entry.media = media_of(path);
    entry.hashed = path.starts_with("/assets/");
  }
  if (failure)
    return Error{
        Error::Kind::not_found,
        fmt::format("The web folder {} cannot be read: {}. Build it, or leave web_folder empty.",
                    folder.string(), failure.message()),
        folder.string()};
  return pages;
}

const Pages::File* Pages::find(std::string_view path) const {
  const auto exact = files_.find(std::string(path));
  if (exact != files_.end() && exact->second.plain) return &exact->second;
  const std::string_view page = page_of(path);
  if (page.empty()) return nullptr;
  const auto found =
      files_.find(page.ends_with(".html") ? std::string(page) : std::string(page) + "/index.html");
  return found != files_.end() && found->second.plain ? &found->second : nullptr;
}

net::HttpResponse Pages::handle(const net::HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD")
    return problem(405, "この操作はここではできません。", "Only GET is served here.");
  const File* file = find(request.path());
  if (file == nullptr) return problem(404, "このページはありません。", "There is no such page.");

  net::HttpResponse response;
  response.headers = {{"Content-Type", std::string(file->media)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}};
  const bool page = file->media.starts_with("text/html");
  response.headers.emplace_back("Cache-Control", file->hashed
                                                     ? "public, max-age=31536000, immutable"
                                                 : page ? "no-store"
                                                        : "public, max-age=3600");
  if (page) response.headers.emplace_back("Content-Security-Policy", page_policy);
  response.shared_body = file->plain;
  if (file->gzip || file->brotli) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (file->brotli && accepts(request, "br")) {
    response.shared_body = file->brotli;
    response.headers.emplace_back("Content-Encoding", "br");
  } else if (file->gzip && accepts(request, "gzip")) {
    response.shared_body = file->gzip;
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  return response;
}

}  // namespace tasuki::server::faces
