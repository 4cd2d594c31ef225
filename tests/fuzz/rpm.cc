#include "container.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  const std::string spec = R"(Name: p
Version: 1
Release: 1
Summary: s
License: l
BuildArch: noarch
%description
%install
mkdir -p %{buildroot}/d && echo payload > %{buildroot}/d/f
%pre
echo script
%files
/d/f
)";
  std::vector<std::string> made;
  for (const std::string packer : {"w2.xzdio", "w.ufdio"}) {
    made.push_back(testing::packed_by(
        "if ! rpmbuild -bb --define \"_topdir $PWD/top\" --define "
        "'_binary_payload " +
            packer + "' p.spec; then exit 1; fi; cp top/RPMS/noarch/*.rpm out",
        {{"p.spec", spec}}));
  }
  return made;
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  assay::fuzz::try_container(assay::rpm_container, assay::fuzz::text(data, size), false);
  return 0;
}
