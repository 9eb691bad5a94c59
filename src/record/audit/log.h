// The audit file: what was read, by whom, before the answer leaves.
//
// One file a day (Japan's), audit/2026-11-23.log. Three kinds of line:
//   <base64 of nonce, ciphertext, tag>   one entry, AES-256-GCM: the trail names patients, and
//   rests encrypted like
//                                        everything else
//   {"sealed":{"from":0,"to":51234,"previous":"<hex>","hash":"<hex>"}}
// A seal covers the bytes [from, to) of its file, from where the seal before it ended: hash =
// HMAC-SHA256 over the previous hash and those bytes. The first seal of a file takes the last hash
// of the file before, so the files form one chain. An entry is written with one write(2), so a
// killed process loses none; the disk is synced, and a seal written, within 100 ms. What stands
// behind the last seal is younger than that, or was cut off by a kill and is sealed at the next
// start. Cutting off whole seals at the very end needs an outside witness to be seen.
//   {"torn":{"from":51000,"to":51300}}
// Lines behind the last seal that holds, some of which a power cut made unreadable: said at the
// next start, before they are sealed as they are.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tasuki::record {

class AuditLog {
 public:
  // The key: 32 bytes, the database's; its own keys are derived from it.
  static Result<std::unique_ptr<AuditLog>> open(const std::filesystem::path& folder,
                                                std::string_view key);
  virtual ~AuditLog() = default;  // syncs and seals

  // On return the entry is in the file (not yet synced). An Error means: do not answer.
  virtual Result<void> append(std::string_view entry, Instant time) = 0;
  virtual Result<void> sync() = 0;  // now
};

// Every entry of the folder's files, oldest first.
Result<void> read_audit(const std::filesystem::path& folder, std::string_view key,
                        const std::function<void(std::string_view entry)>& use);

struct TornAudit {
  std::string file;
  uint64_t from = 0, to = 0;  // bytes
};

// The chain of seals over all files; the Error names the first file and offset that does not fit.
// Gives what power cuts tore: a person should look at each, since somebody who changes the last
// tenth of a second and restarts the program looks the same.
Result<std::vector<TornAudit>> verify_audit(const std::filesystem::path& folder,
                                            std::string_view key);

}  // namespace tasuki::record
