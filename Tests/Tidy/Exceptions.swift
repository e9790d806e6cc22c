/// What may break a rule, each with the reason.
enum Exceptions {
    /// Sources without a test file of their own: the tests that cover them stand in brackets.
    static let withoutTwin: [String: String] = [
        "Sources/Node/Main.swift": "starts the command and nothing else",
        "Sources/Genome/Manifest/ManifestSections.swift":
            "second half of the table in ManifestSchema (ManifestSchemaTests)",
        "Sources/Genome/Organization/OrganizationFault.swift":
            "cases with their words (OrganizationRootTests, OrganizationTests)",
        "Sources/Genome/Licence/PermissiveLicences.swift": "a table (LicenceCompatibilityTests)",
        "Sources/Genome/Licence/ShareAlikeLicences.swift": "a table (LicenceCompatibilityTests)",
        "Sources/Genome/Licence/ContentLicences.swift": "a table (LicenceCompatibilityTests)",
        "Sources/Genome/Licence/ModelLicences.swift": "a table (LicencePropagationTests)",
        "Sources/Genome/Licence/LicenceEntry.swift": "a row of them (LicenceCatalogueTests)",
        "Sources/Genome/Licence/LicenceFamily.swift":
            "what the rows are judged by (LicenceCompatibilityTests)",
        "Sources/Store/Coding/ChainDecoder.swift": "groups with what they draw on (BlobCoderTests)",
        "Sources/Store/Coding/CoderShelf.swift": "decoders that wait (BlobCoderTests)",
        "Sources/Store/Coding/TensorBlob.swift": "a file with its tensors (BlobCoderTests)",
        "Sources/Store/Coding/CodingError.swift": "cases with their words (GroupCoderTests)",
        "Sources/Store/Coding/CodedOutput.swift": "the other side (CodedInputTests)",
        "Sources/Store/Coding/CodingMemory.swift": "buffers (GroupCoderTests)",
        "Sources/Store/Coding/EntropyCoder.swift": "two calls of zstd (GroupCoderTests)",
        "Sources/Store/Coding/PlaneCoder.swift": "a step of every stream (GroupCoderTests)",
        "Sources/Store/Coding/WordCoder.swift": "a step of every stream (GroupCoderTests)",
        "Sources/Store/Coding/WordSurvey.swift": "chooses among codings (GroupCoderTests)",
        "Sources/Store/Coding/DeltaCoder.swift": "children and parents (GroupCoderTests)",
        "Sources/Store/Coding/DeltaCoder+Steps.swift": "integers of floats (GroupCoderTests)",
        "Sources/Store/Coding/DeltaCoder+Decoding.swift": "the way back (GroupCoderTests)",
        "Sources/Store/Coding/WordCoder+Decoding.swift": "the way back (GroupCoderTests)",
        "Sources/Store/Coding/DeltaBand.swift": "children and parents (GroupCoderTests)",
        "Sources/Store/Coding/StreamCoder.swift": "every type of stream (GroupCoderTests)",
        "Sources/Store/Coding/Sparse.swift": "pruned weights (GroupCoderTests)",
        "Sources/Store/Coding/CodedSegment.swift": "a value (GroupCoderTests)",
        "Sources/Store/Coding/ElementType.swift": "a table (GroupCoderTests)",
        "Sources/Swarm/Neighbours/NeighbourLimits.swift": "numbers (OverlayTests, SpreadTests)",
        "Sources/Swarm/Neighbours/SpreadCounters.swift": "numbers (SpreadTests)",
        "Sources/Node/Software.swift": "a name and a number (CommandLineTests)",
        "Sources/Node/Commands/Launch.swift": "leads verbs to commands (CommandLineTests)",
        "Sources/Node/Commands/InitCommand.swift": "as a real process (CommandLineTests)",
        "Sources/Node/Commands/RunCommand.swift": "as a real process (CommandLineTests)",
        "Sources/Node/Commands/NodeCommands.swift": "as real processes (MeetingTests)",
        "Sources/Node/Commands/LookCommands.swift": "as real processes (ChainTests)",
        "Sources/Node/Commands/FetchCommand.swift": "as a real process (ChainTests)",
        "Sources/Node/Commands/ShareCommand.swift": "as a real process (SharingTests)",
        "Sources/Node/Commands/RightsCommands.swift": "as real processes (GrantTests)",
        "Sources/Node/Commands/IdentityCommands.swift": "as real processes (IdentityTests)",
        "Sources/Node/Commands/AuditCommand.swift": "as real processes (GrantTests)",
        "Sources/Node/Commands/StoreCommands.swift": "as real processes (DiskTests)",
        "Sources/Node/Commands/CompactCommand.swift": "as real processes (CompactTests)",
        "Sources/Node/Commands/BackupCommand.swift": "as real processes (BackupTests)",
        "Sources/Store/Home/HomeBackup.swift": "in real processes (BackupTests)",
        "Sources/Node/Commands/DoctorCommand.swift": "as real processes (DiskTests)",
        "Sources/Node/Daemon/StoreKeeper.swift": "in real processes (DiskTests)",
        "Sources/Node/Bench/HashStep.swift": "a step of two benches (BenchCommandTests)",
        "Sources/Node/Bench/StoreBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Bench/SmallBlobsBench.swift": "rows of StoreBench (BenchCommandTests)",
        "Sources/Node/Bench/ImportParts.swift": "rows of StoreBench (BenchCommandTests)",
        "Sources/Node/Commands/MirrorCommand.swift": "as real processes (MirrorTests)",
        "Sources/Node/Holds/HoldKeeper.swift": "as real processes (MirrorTests)",
        "Sources/Node/Service/ConflictCheck.swift": "as real processes (EvalTests)",
        "Sources/Node/Service/SealedFetch.swift": "as real processes (MirrorTests)",
        "Sources/Node/Bench/HashBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Bench/ShareBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Bench/TransferBench.swift": "as real processes (BenchCommandTests)",
        "Sources/Node/Bench/LineageBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Bench/SketchBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Bench/SealBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Bench/CodecBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Bench/DecideBench.swift": "in a real process (BenchCommandTests)",
        "Sources/Node/Bench/JournalBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Commands/LicenceCommand.swift": "as a real process (StewardTests)",
        "Sources/Node/Commands/LineageCommand.swift": "as a real process (LineageTests)",
        "Sources/Node/Compute/UseNote.swift": "as a real process (LineageTests)",
        "Sources/Node/Commands/AssembleCommand.swift": "as a real process (AssemblyTests)",
        "Sources/Node/Commands/MemoryCommand.swift": "as a real process (MemoryTests)",
        "Sources/Node/Commands/FetchDependencies.swift": "as a real process (DependencyTests)",
        "Sources/Node/Compute/LayerCast.swift": "as a real process (AssemblyTests, WordsTests)",
        "Sources/Node/Compute/Voice.swift": "as a real process (WordsTests)",
        "Sources/Node/Memory/MemoryModel.swift": "as a real process (MemoryTests)",
        "Sources/Node/Memory/OpenMemory.swift": "as a real process (MemoryTests)",
        "Sources/Node/Memory/Preamble.swift": "as a real process (WordsTests, MemoryTests)",
        "Sources/Node/Link/LinkMessages.swift": "cases without code (LinkLaneTests)",
        "Sources/Node/Loop/ReusePlans.swift": "as real processes (ReuseTests)",
        "Sources/Node/Loop/TensorSearch.swift": "as real processes (ReuseTests)",
        "Sources/Node/Loop/LoopEvent.swift": "cases without code (DaemonTests)",
        "Sources/Learn/Tokenizer/Unicode/UnicodeCategoryData.swift":
            "a table (UnicodeTablesTests)",
        "Sources/Learn/Tokenizer/Unicode/UnicodeCaseData.swift":
            "a table (LetterCaseTests)",
        "Sources/Learn/Tokenizer/Unicode/UnicodeDecompositionData.swift":
            "a table (CanonicalFormTests)",
        "Sources/Learn/Tokenizer/Unicode/UnicodeCompatibilityData.swift":
            "a table (CanonicalFormTests)",
        "Sources/Learn/Tokenizer/Unicode/UnicodeScriptData.swift":
            "a table (ScalarSetTests)",
        "Sources/Learn/Tensor/Activations.swift": "buffers of an engine (SameBitsTests)",
        "Sources/Learn/Tensor/AttentionRunner.swift":
            "within an engine (ParityTests, SameBitsTests)",
        "Sources/Learn/Tensor/BlockRunner.swift":
            "within an engine (ParityTests, SameBitsTests)",
        "Sources/Learn/Tensor/LinearRunner.swift":
            "within an engine (ParityTests, SameBitsTests, AdapterStackTests)",
        "Sources/Learn/Tensor/Linear.swift": "cases without code (ModelReaderTests)",
        "Sources/Learn/Tensor/SpeedLimits.swift": "measures a machine (BenchCommandTests)",
        "Sources/Node/Bench/InferBench.swift": "as a real process (BenchCommandTests)",
        "Sources/Node/Commands/ChatCommand.swift": "as a real process (ChatTests)",
        "Sources/Node/Commands/InferCommand.swift": "as a real process (InferTests)",
        "Sources/Node/Commands/MergeCommand.swift": "as a real process (MergeTests)",
        "Sources/Node/Commands/TokenizeCommand.swift": "as a real process (TokenizeTests)",
        "Sources/Node/Evaluate/EvalCommand.swift": "as a real process (EvalTests)",
        "Sources/Node/Evaluate/EvalOptions.swift": "as a real process (EvalTests)",
        "Sources/Node/Compute/BaseCheck.swift": "as a real process (InferTests)",
        "Sources/Node/Compute/GenerationOptions.swift": "as a real process (InferTests)",
        "Sources/Node/Compute/GateCheck.swift": "as a real process (InferTests)",
        "Sources/Node/Compute/LayerSource.swift": "as a real process (InferTests)",
        "Sources/Node/Compute/LayerSource+JSON.swift": "within a request (CheckRequestTests)",
        "Sources/Node/Compute/ConfinedWorker.swift":
            "as a real process (CheckWorkerTests, ReplayTests)",
        "Sources/Node/Compute/LogitsFile.swift": "as a real process (InferTests)",
        "Sources/Learn/Train/TrainingSteps.swift":
            "functions of a trainer, handed on (TrainingRunTests, ResultCheckTests)",
        "Sources/Node/Train/TrainCommand.swift": "as a real process (TrainTests)",
        "Sources/Node/Train/TrainSupervisor.swift": "as a real process (TrainTests, TrainJobTests)",
        "Sources/Node/Train/TrainWorker.swift": "as a real process (TrainTests, TrainJobTests)",
        "Sources/Node/Train/TrainPreparation.swift": "as a real process (TrainTests)",
        "Sources/Node/Train/TrainResult.swift": "as a real process (TrainTests)",
        "Sources/Node/Train/TrainPublication.swift": "as a real process (ReplayTests)",
        "Sources/Node/Train/ReplayEvidence.swift":
            "as a real process (ReplayTests, ForgedRunTests)",
        "Sources/Node/Train/TrainBase.swift": "as a real process (ReplayTests, TrainTests)",
        "Sources/Node/Loop/NodeLoop.swift": "runs with a whole daemon (DaemonTests)",
    ]

    /// Rooms whose sources still wait for tests of their own; a room leaves the list when it has
    /// them, and none comes back.
    static let roomsWithoutTwins: Set<String> = []

    /// Files that hand raw pointers straight to a C call, one for each C module.
    static let bridges: [String] = [
        "Sources/Wire/Crypto/SodiumBridge.swift", "Sources/Wire/Proof/KernelsBridge.swift",
        "Sources/Store/Index/SQLiteBridge.swift",
    ]
}
