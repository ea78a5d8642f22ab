// The compiler ignores a misspelt feature name without a word; this file makes it an error. All targets share one
// list in Package.swift, so checking it in one of them is enough.

#if !hasFeature(ExistentialAny)
#error("ExistentialAny is not enabled: see the settings in Package.swift")
#endif
#if !hasFeature(MemberImportVisibility)
#error("MemberImportVisibility is not enabled: see the settings in Package.swift")
#endif
#if !hasFeature(InternalImportsByDefault)
#error("InternalImportsByDefault is not enabled: see the settings in Package.swift")
#endif
#if !hasFeature(NonisolatedNonsendingByDefault)
#error("NonisolatedNonsendingByDefault is not enabled: see the settings in Package.swift")
#endif
#if !hasFeature(InferIsolatedConformances)
#error("InferIsolatedConformances is not enabled: see the settings in Package.swift")
#endif
#if !hasFeature(ImmutableWeakCaptures)
#error("ImmutableWeakCaptures is not enabled: see the settings in Package.swift")
#endif
