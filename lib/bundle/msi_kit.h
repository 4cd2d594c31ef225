// Packages of Windows Installer for tests: made by wixl, and where things are in them.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "bundle/testing.h"

namespace assay::testing {

/// What makes a package of one file in a cabinet, one more file in the table Binary, and one
/// action that runs it. `more` stands in Product.
inline std::string wix_source(const std::string& more = {}) {
  return R"(<?xml version='1.0' encoding='utf-8'?>
<Wix xmlns='http://schemas.microsoft.com/wix/2006/wi'>
 <Product Name='Agent' Id='ABCDDCBA-86C7-4D14-AEC0-86416A69ABDE' Language='1033' Version='1.0.0'
   UpgradeCode='ABCDDCBA-7349-453F-94F6-BCB5110BA4FD' Codepage='1252' Manufacturer='Acme'>
  <Package Id='*' InstallerVersion='100' Languages='1033' Compressed='yes' SummaryCodepage='1252'/>
  <Media Id='1' Cabinet='agent.cab' EmbedCab='yes'/>
  <Binary Id='Helper' SourceFile='helper'/>
  <Directory Id='TARGETDIR' Name='SourceDir'><Directory Id='ProgramFilesFolder' Name='PFiles'>
   <Directory Id='INSTALLDIR' Name='Agent'>
    <Component Id='Main' Guid='ABCDDCBA-83F1-4F22-985B-FDB3C8ABD471'>
     <File Id='agent.txt' Name='agent.txt' DiskId='1' Source='payload' KeyPath='yes'/>
    </Component></Directory></Directory></Directory>
  <Feature Id='Complete' Level='1'><ComponentRef Id='Main'/></Feature>
  )" + more +
         "</Product></Wix>\n";
}

/// An action that runs a library out of the table Binary, as the system.
inline const std::string kWixAction =
    "<CustomAction Id='RunHelper' BinaryKey='Helper' DllEntry='Go' Execute='deferred' "
    "Impersonate='no'/>";

/// A package by wixl; empty if there is no wixl.
inline std::string wixl_msi(const std::string& payload = "agent 1.4\n",
                            const std::string& helper = "helper",
                            const std::string& more = {}) {
  return packed_by("timeout 60 wixl -o out a.wxs",
                   {{"a.wxs", wix_source(more)}, {"payload", payload}, {"helper", helper}});
}

/// The same with one more row in CustomAction; empty if there is no msibuild.
inline std::string msi_with_action(const std::string& type, const std::string& source,
                                   const std::string& target) {
  return packed_by("timeout 60 wixl -o out a.wxs && timeout 60 msibuild out -q \"$(cat sql)\"",
                   {{"a.wxs", wix_source(kWixAction)},
                    {"payload", "agent"},
                    {"helper", "helper"},
                    {"sql",
                     "INSERT INTO `CustomAction` (`Action`, `Type`, `Source`, `Target`) VALUES "
                     "('Second', " +
                         type + ", '" + source + "', '" + target + "')"}});
}

inline std::uint64_t field(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  }
  return value;
}
inline std::string with_field(std::string bytes, std::size_t at, std::uint64_t value,
                              std::size_t size) {
  return bytes.replace(at, size, little(value, size));
}

inline constexpr std::size_t kCfbSector = 512;
inline std::size_t cfb_sector_at(std::uint64_t sector) {
  return (sector + 1) * kCfbSector;
}
/// Where the FAT, of one sector, has its entry for a sector.
inline std::size_t cfb_fat_entry(std::string_view file, std::uint64_t sector) {
  return cfb_sector_at(field(file, 76, 4)) + 4 * sector;
}
/// Where the record of that number stands.
inline std::size_t cfb_record(std::string_view file, std::size_t number) {
  std::uint64_t sector = field(file, 48, 4);
  for (; number >= 4; number -= 4) sector = field(file, cfb_fat_entry(file, sector), 4);
  return cfb_sector_at(sector) + 128 * number;
}
/// The record of the stream of that name, given as it stands in the file.
inline std::size_t cfb_record_of(std::string_view file, std::u16string_view name) {
  std::string raw;
  for (const char16_t unit : name) raw += little(unit, 2);
  for (std::size_t number = 1;; ++number) {
    const std::size_t at = cfb_record(file, number);
    if (file.substr(at, raw.size() + 2) == raw + std::string(2, '\0')) return at;
  }
}

/// The last stream moved into a storage of its own.
inline std::string with_storage(std::string file) {
  const std::uint64_t first = field(file, cfb_record(file, 0) + 76, 4);
  std::size_t before = cfb_record(file, first);
  while (field(file, cfb_record(file, field(file, before + 72, 4)) + 72, 4) < 0xffff'ffff) {
    before = cfb_record(file, field(file, before + 72, 4));
  }
  std::size_t number = 1;
  while (field(file, cfb_record(file, number) + 66, 1) != 0) ++number;
  const std::string record = "S"s + std::string(63, '\0') + little(4, 2) + "\1\1"s +
                             std::string(8, '\xff') + little(field(file, before + 72, 4), 4) +
                             std::string(48, '\0');
  file.replace(cfb_record(file, number), record.size(), record);
  file = with_field(file, before + 72, 0xffff'ffff, 4);
  return with_field(file, cfb_record(file, first) + 68, number, 4);
}

}  // namespace assay::testing
