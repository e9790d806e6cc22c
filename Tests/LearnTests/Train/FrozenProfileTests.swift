import Foundation
import Genome
import Testing

@testable import Learn

extension KernelsTests {
    /// The bits under a frozen name are those that stand in its file, for good. If one of these
    /// fails, see `FrozenProfile`: never change the file.
    @Suite struct FrozenProfileTests {
        @Test(arguments: Profile.allCases)
        func `a name has a file, which says what is frozen`(_ profile: Profile) throws {
            let frozen = try FrozenProfile(profile)
            #expect(frozen.json["profile"]?.string == profile.rawValue)
            #expect(frozen.json["arithmetic"]?.string == RecipeBuilder.arithmetic)
            let names = frozen.json["families"]?.object?.members.map(\.name)
            #expect(names.map { Set($0) } == Set(TrainingCase.names))
        }

        @Test func `a file that is there belongs to a name that is there`() throws {
            let files = try FileManager.default.contentsOfDirectory(
                atPath: FrozenProfile.folder.path)
            #expect(Set(files) == Set(Profile.allCases.map { "\($0.rawValue).json" }))
            #expect(Set(FrozenProfile.files.keys) == Set(Profile.allCases.map(\.rawValue)))
        }

        @Test(arguments: Profile.allCases, Level.here)
        func `operations are those that were frozen`(_ profile: Profile, _ level: Level) throws {
            let wanted = try FrozenProfile(profile).digests("operations")
            let found = level.use { FrozenProfile.operations(profile) }
            for (name, digest) in wanted { #expect(found[name] == digest, "\(name)") }
            #expect(found.count == wanted.count)
        }

        @Test(arguments: TrainingCase.names, Profile.allCases)
        func `twenty steps are those that were frozen, on any threads and at any level`(
            _ name: String, _ profile: Profile
        ) throws {
            let wanted = try FrozenProfile(profile).family(name)
            let training = try TrainingCase(name)
            for threads in [1, 2, 3, 8] {
                let found = try FrozenProfile.family(training, profile, threads: threads)
                #expect(found == wanted, "\(threads) threads")
            }
            for level in Level.here {
                let found = try level.use {
                    try FrozenProfile.family(training, profile, threads: 2)
                }
                #expect(found == wanted, "\(level)")
            }
        }

        /// Writes the file of a profile that has none yet.
        @Test(.enabled(if: ProcessInfo.processInfo.environment["PLASMID_WRITE_FROZEN"] != nil))
        func `write what has no file`() throws {
            func object(_ digests: [String: String]) -> JSONValue {
                var object = JSONObject()
                for (name, digest) in digests { object[name] = .string(digest) }
                return .object(object)
            }
            for profile in Profile.allCases {
                let file = FrozenProfile.folder.appending(path: "\(profile.rawValue).json")
                guard !FileManager.default.fileExists(atPath: file.path) else { continue }
                var families = JSONObject()
                for name in TrainingCase.names {
                    families[name] = object(
                        try FrozenProfile.family(try TrainingCase(name), profile, threads: 1))
                }
                let json: JSONValue = [
                    "profile": .string(profile.rawValue),
                    "arithmetic": .string(RecipeBuilder.arithmetic),
                    "operations": object(FrozenProfile.operations(profile)),
                    "families": .object(families),
                ]
                try Data(CanonicalJSON.write(try #require(json.object))).write(to: file)
            }
        }
    }
}
