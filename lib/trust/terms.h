// Terms: what the vendor's entry demands of this very file, each answered from
// the evidence: who must sign, from which version on, how fresh.

#pragma once

#include <string>
#include <vector>

#include "model/evidence.h"
#include "trust/history.h"
#include "trust/store.h"

namespace assay {

/// Answers for the one product that the bundle's name and format belong to; the
/// product's name goes into `evidence.vendor`. With no or several vendors nothing is
/// demanded: whoever asks for one has his own requirement. With no or several products
/// the only term says so.
/// It is judged as of `now`; `clock` is what the machine's clock says, which may be later.
void add_terms(const TrustStore& store, const History& history, Time now, Time clock,
               Evidence& evidence);

/// What an accepted bundle teaches, judged at that time: versions and indices that nothing
/// older may follow, and the keys that spoke for it.
std::vector<Lesson> lessons_of(const TrustStore& store, const Evidence& evidence, Time at);

/// A line for each key that speaks for the bundle and never did for anything accepted here,
/// where other keys of the vendor have: printable. It is how a change of keys looks, and how
/// a stolen vendor file does.
std::vector<std::string> new_voices(const TrustStore& store, const History& history,
                                    const Evidence& evidence);

}  // namespace assay
