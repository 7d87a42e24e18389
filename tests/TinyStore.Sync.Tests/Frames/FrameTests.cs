using CsCheck;
using TinyStore.Sync.Frames;
using TinyStore.Sync.Tests.Support;

namespace TinyStore.Sync.Tests.Frames;

/// <summary>The examples of docs/relay-protocol.md, byte for byte, and hostile bytes.</summary>
public class FrameTests
{
    private const ulong RowId = 0x0102030405060708;
    private static readonly UInt128 Session = new(0x0001020304050607, 0x08090a0b0c0d0e0f);
    private static readonly byte[] Update = Hex("01 01 01 00 28 01 01 74 01 6b 01 77 01 76 00");

    public static TheoryData<string, string> Examples => new()
    {
        { "join fresh", "19 01 01 01 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 03 7a 6f 6f 00 01" },
        { "join cursor", "22 01 01 01 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 03 7a 6f 6f 09 07 01 02 03 04 05 06 07 08 00" },
        { "joined", "0d 01 02 01 02 80 80 40 80 80 80 20 01 07" },
        { "leave", "02 01 03" },
        { "step1 empty", "06 01 04 00 00 01 00" },
        { "step1", "08 01 04 00 00 03 01 01 01" },
        { "client update", "15 01 05 01 00 02 0f 01 01 01 00 28 01 01 74 01 6b 01 77 01 76 00" },
        { "client step2", "15 01 05 01 00 01 0f 01 01 01 00 28 01 01 74 01 6b 01 77 01 76 00" },
        { "relay update", "1d 01 05 08 01 02 03 04 05 06 07 08 00 02 0f 01 01 01 00 28 01 01 74 01 6b 01 77 01 76 00" },
        { "relay step2", "10 01 05 08 01 02 03 04 05 06 07 08 00 01 02 00 00" },
        { "relay step2 empty room", "10 01 05 00 00 00 00 00 00 00 00 00 00 01 02 00 00" },
        { "ack", "0c 01 06 01 08 01 02 03 04 05 06 07 08" },
        { "ack without row", "0c 01 06 01 00 00 00 00 00 00 00 00 00" },
        { "nack", "10 01 07 01 95 03 09 72 65 61 64 2d 6f 6e 6c 79 00" },
        { "resync", "02 01 09" },
        { "error", "0f 01 0a 93 03 09 6e 6f 20 61 63 63 65 73 73 00" },
        { "awareness", "09 01 0b 06 01 02 01 02 7b 7d" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Write_DocumentedExample_IsThoseBytes(string name, string hex)
    {
        using var writer = new MessageWriter(1 << 20);
        Assert.True(writer.TryWrite(1, Example(name)));
        Assert.Equal(hex, ToHex(writer.Take()));
        Assert.Contains($"`{hex}`", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "relay-protocol.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_DocumentedChunks_AreThoseBytes()
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "relay-protocol.md"));
        using var writer = new MessageWriter(1 << 20);
        var first = "10 01 08 03 00 02 0a 05 01 00 02 0f 01 01 01 00 28";
        var second = "10 01 08 03 01 02 0a 01 01 74 01 6b 01 77 01 76 00";
        var transfer = new OutgoingTransfer(1, 3, OutgoingFrame.ClientUpdate(1, UpdateKind.Update, Update), maxFrameBytes: 50);
        Assert.True(transfer.TryWriteNext(writer));
        Assert.Equal(first, ToHex(writer.Take()));
        Assert.True(transfer.TryWriteNext(writer));
        Assert.Equal(second, ToHex(writer.Take()));
        Assert.True(transfer.IsDone);
        Assert.Contains($"`{first}` and `{second}`", document, StringComparison.Ordinal);

        var assembler = new ChunkAssembler(1000);
        Assert.False(assembler.Add(1, Read(Hex(first))[0].ReadChunk(), out _));
        Assert.True(assembler.Add(1, Read(Hex(second))[0].ReadChunk(), out var whole));
        Assert.Equal(FrameType.Update, whole.Type);
        Assert.Equal(Update, whole.ReadClientUpdate().Update.ToArray());
    }

    [Fact]
    public void Read_DocumentedExamples_GivesTheirFields()
    {
        var join = One("19 01 01 01 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 03 7a 6f 6f 00 01").ReadJoin();
        Assert.Equal(new JoinFrame(1, Session, "zoo", null, true), join);
        join = One("22 01 01 01 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 03 7a 6f 6f 09 07 01 02 03 04 05 06 07 08 00").ReadJoin();
        Assert.Equal(new JoinFrame(1, Session, "zoo", new SyncCursor(7, RowId), false), join);
        Assert.Equal(new JoinedFrame(1, SyncAccess.Write, 1 << 20, 64 << 20, true, 7), One("0d 01 02 01 02 80 80 40 80 80 80 20 01 07").ReadJoined());
        Assert.Equal([1, 1, 1], One("08 01 04 00 00 03 01 01 01").ReadSync().ToArray());
        var update = One("1d 01 05 08 01 02 03 04 05 06 07 08 00 02 0f 01 01 01 00 28 01 01 74 01 6b 01 77 01 76 00").ReadRelayUpdate();
        Assert.Equal((new SyncCursor(8, RowId), UpdateKind.Update), (update.Cursor, update.Kind));
        Assert.Equal(Update, update.Update.ToArray());
        Assert.Equal(new AckFrame(1, new SyncCursor(8, RowId)), One("0c 01 06 01 08 01 02 03 04 05 06 07 08").ReadAck());
        Assert.Equal(
            new NackFrame(1, new ErrorFrame(new SyncFailure(SyncErrorCode.ReadOnly, "read-only"), 0)),
            One("10 01 07 01 95 03 09 72 65 61 64 2d 6f 6e 6c 79 00").ReadNack());
        Assert.Equal(new SyncFailure(SyncErrorCode.Forbidden, "no access"), One("0f 01 0a 93 03 09 6e 6f 20 61 63 63 65 73 73 00").ReadError().Failure);
        var state = Assert.Single(AwarenessUpdate.Read(One("09 01 0b 06 01 02 01 02 7b 7d").ReadAwareness()));
        Assert.Equal((2UL, 1UL, "{}"), (state.Client, state.Clock, System.Text.Encoding.UTF8.GetString(state.Json.Span)));
    }

    [Fact]
    public void Read_SeveralFramesInAMessage_GivesThemInOrder()
    {
        var frames = Read(Hex("02 01 03 06 02 04 00 00 01 00 02 09 09"));
        Assert.Equal([(1UL, FrameType.Leave), (2UL, FrameType.Sync), (9UL, FrameType.Resync)], frames.Select(f => (f.Channel, f.Type)));
    }

    [Fact]
    public void Read_UnknownTypeAndBytesBehindABody_AreNoErrors()
    {
        var frames = Read(Hex("03 01 7f aa 0e 01 06 01 08 01 02 03 04 05 06 07 08 bb bb"));
        Assert.Equal(127, (int)frames[0].Type);
        Assert.Equal(new AckFrame(1, new SyncCursor(8, RowId)), frames[1].ReadAck());
    }

    [Theory]
    [InlineData("05 01 06", "exceeds")] // longer than the message
    [InlineData("00", "end")] // no channel
    [InlineData("01 01", "end")] // no type
    [InlineData("ff ff ff ff ff ff ff ff ff 01", "2^53")]
    public void Read_BrokenMessage_SaysWhatAndWhere(string hex, string part)
    {
        var error = Assert.Throws<FrameFormatException>(() => Read(Hex(hex)));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(SyncErrorCode.Malformed, error.Code);
        Assert.InRange(error.Offset, 0, Hex(hex).Length);
    }

    [Fact]
    public void ReadJoin_RoomNameLongerThanAllowed_IsTooLarge()
    {
        using var writer = new MessageWriter(1 << 20);
        writer.TryWrite(1, OutgoingFrame.Join(new JoinFrame(1, Session, new string('x', 513), null, true)));
        var frame = Read(writer.Take())[0];
        Assert.Equal(SyncErrorCode.TooLarge, Assert.Throws<FrameFormatException>(() => frame.ReadJoin()).Code);
        writer.TryWrite(1, OutgoingFrame.Join(new JoinFrame(1, Session, new string('x', 512), null, true)));
        Assert.Equal(512, Read(writer.Take())[0].ReadJoin().Room.Length);
    }

    [Fact]
    public void ReadJoin_OtherVersion_SaysTheVersionWithoutReadingOn()
    {
        Assert.Equal(2UL, One("03 01 01 02").ReadJoin().Version);
    }

    [Fact]
    public void ReadClientUpdate_BatchZero_IsRefused()
    {
        var frame = One("08 01 05 00 00 02 02 00 00");
        Assert.Throws<FrameFormatException>(() => frame.ReadClientUpdate());
    }

    /// <summary>Random bytes, and examples with bytes changed, cut or added: only the documented exception, and no allocation by announced length.</summary>
    [Fact]
    public void Read_HostileBytes_OnlyTheDocumentedException()
    {
        var examples = Examples.Select(e => Hex((string)e.Data.Item2)).ToArray();
        var mutated =
            from example in Gen.Int[0, examples.Length - 1].Select(i => examples[i])
            from changes in Gen.Select(Gen.Int[0, 40], Gen.Byte).Array[0, 4]
            from cut in Gen.Int[0, 45]
            select Mutate(example, changes, cut);
        var outcomes = new int[2];
        Gen.OneOf(mutated, Gen.Byte.Array[0, 60]).Sample(
            bytes =>
            {
                try
                {
                    foreach (var frame in Read(bytes))
                    {
                        ReadBody(frame);
                    }

                    Interlocked.Increment(ref outcomes[0]);
                }
                catch (FrameFormatException)
                {
                    Interlocked.Increment(ref outcomes[1]);
                }
            },
            iter: 20_000);
        Assert.True(outcomes[0] > 1000 && outcomes[1] > 1000, $"read {outcomes[0]}, refused {outcomes[1]}");
    }

    private static byte[] Mutate(byte[] example, (int Index, byte Value)[] changes, int cut)
    {
        var bytes = example.ToArray();
        foreach (var (index, value) in changes)
        {
            bytes[index % bytes.Length] = value;
        }

        return cut < bytes.Length ? bytes[..cut] : bytes;
    }

    private static void ReadBody(Frame frame)
    {
        switch (frame.Type)
        {
            case FrameType.Join:
                frame.ReadJoin();
                break;
            case FrameType.Joined:
                frame.ReadJoined();
                break;
            case FrameType.Sync:
                frame.ReadSync();
                break;
            case FrameType.Update:
                frame.ReadClientUpdate();
                frame.ReadRelayUpdate();
                break;
            case FrameType.Ack:
                frame.ReadAck();
                break;
            case FrameType.Nack:
                frame.ReadNack();
                break;
            case FrameType.Chunk:
                new ChunkAssembler(1000).Add(1, frame.ReadChunk(), out _);
                break;
            case FrameType.Error:
                frame.ReadError();
                break;
            case FrameType.Awareness:
                AwarenessUpdate.Read(frame.ReadAwareness());
                break;
            default:
                break;
        }
    }

    private static OutgoingFrame Example(string name) => name switch
    {
        "join fresh" => OutgoingFrame.Join(new JoinFrame(1, Session, "zoo", null, true)),
        "join cursor" => OutgoingFrame.Join(new JoinFrame(1, Session, "zoo", new SyncCursor(7, RowId), false)),
        "joined" => OutgoingFrame.Joined(new JoinedFrame(1, SyncAccess.Write, 1 << 20, 64 << 20, true, 7)),
        "leave" => OutgoingFrame.Leave,
        "step1 empty" => OutgoingFrame.Step1(new byte[] { 0 }),
        "step1" => OutgoingFrame.Step1(new byte[] { 1, 1, 1 }),
        "client update" => OutgoingFrame.ClientUpdate(1, UpdateKind.Update, Update),
        "client step2" => OutgoingFrame.ClientUpdate(1, UpdateKind.Step2, Update),
        "relay update" => OutgoingFrame.RelayUpdate(new SyncCursor(8, RowId), UpdateKind.Update, Update),
        "relay step2" => OutgoingFrame.RelayUpdate(new SyncCursor(8, RowId), UpdateKind.Step2, new byte[] { 0, 0 }),
        "relay step2 empty room" => OutgoingFrame.RelayUpdate(SyncCursor.Start, UpdateKind.Step2, new byte[] { 0, 0 }),
        "ack" => OutgoingFrame.Ack(1, new SyncCursor(8, RowId)),
        "ack without row" => OutgoingFrame.Ack(1, SyncCursor.Start),
        "nack" => OutgoingFrame.Nack(1, new SyncFailure(SyncErrorCode.ReadOnly, "read-only")),
        "resync" => OutgoingFrame.Resync,
        "error" => OutgoingFrame.Error(new SyncFailure(SyncErrorCode.Forbidden, "no access")),
        "awareness" => OutgoingFrame.Awareness(AwarenessUpdate.Write([new AwarenessState(2, 1, "{}"u8.ToArray())])),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static Frame One(string hex) => Assert.Single(Read(Hex(hex)));

    internal static List<Frame> Read(byte[] message)
    {
        var frames = new List<Frame>();
        var reader = new MessageReader(message);
        while (reader.TryRead(out var frame))
        {
            frames.Add(frame);
        }

        return frames;
    }

    internal static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string ToHex(byte[] bytes) => string.Join(' ', bytes.Select(b => b.ToString("x2", null)));
}
