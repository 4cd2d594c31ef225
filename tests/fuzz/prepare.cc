#include <clocale>
#include <filesystem>
#include <fstream>

#include "fuzz.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace assay::fuzz {

/// As the program does: libarchive reads names by the locale.
void prepare() {
  std::setlocale(LC_CTYPE, "C.UTF-8");
}

}  // namespace assay::fuzz

/// The last argument is the corpus folder; the seeds go there before the run.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  assay::fuzz::prepare();
  const std::filesystem::path folder = (*argv)[*argc - 1];
  if (*argc < 2 || !std::filesystem::is_directory(folder)) return 0;
  std::size_t count = 0;
  for (const std::string& seed : assay::fuzz::seeds()) {
    std::ofstream(folder / ("seed" + std::to_string(count++)), std::ios::binary) << seed;
  }
  return 0;
}
