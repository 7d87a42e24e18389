using CsCheck;
using TinyStore.Sync.Frames;

namespace TinyStore.Sync.Tests.Frames;

public class ChunkTests
{
    /// <summary>Any frame in any message length arrives whole, and no message is longer than allowed.</summary>
    [Fact]
    public void Transfer_AnyFrame_ArrivesWholeInBoundedMessages()
    {
        var chunked = 0;
        var cases =
            from length in Gen.Int[0, 5000]
            from max in Gen.Int[64, 1500]
            from channel in Gen.Int[0, 3].Select(i => new[] { 1UL, 127UL, 128UL, 1UL << 40 }[i])
            from before in Gen.Int[0, 60]
            select (length, max, channel, before);
        cases.Sample(
            c =>
            {
                var update = new byte[c.length];
                new Random(c.length).NextBytes(update);
                var frame = OutgoingFrame.ClientUpdate(77, UpdateKind.Update, update);
                using var writer = new MessageWriter(c.max);
                writer.TryWrite(c.channel, OutgoingFrame.Awareness(new byte[c.before])); // the message is not always empty
                var messages = new List<byte[]>();
                if (!writer.TryWrite(c.channel, frame))
                {
                    var transfer = new OutgoingTransfer(c.channel, 5, frame, c.max);
                    while (!transfer.IsDone)
                    {
                        if (!transfer.TryWriteNext(writer))
                        {
                            messages.Add(writer.Take());
                        }
                    }

                    Interlocked.Increment(ref chunked);
                }

                messages.Add(writer.Take());
                var assembler = new ChunkAssembler(c.length + 1024);
                Frame? result = null;
                foreach (var message in messages)
                {
                    Assert.InRange(message.Length, 1, c.max);
                    foreach (var read in FrameTests.Read(message))
                    {
                        Assert.Equal(c.channel, read.Channel);
                        if (read.Type == FrameType.Update)
                        {
                            result = read;
                        }
                        else if (read.Type == FrameType.Chunk && assembler.Add(read.Channel, read.ReadChunk(), out var whole))
                        {
                            Assert.Null(result);
                            result = whole;
                        }
                    }
                }

                Assert.NotNull(result);
                Assert.Equal(update, result.Value.ReadClientUpdate().Update.ToArray());
                Assert.Equal(0, assembler.BufferedBytes);
            },
            iter: 3000);
        Assert.True(chunked > 500, $"{chunked} frames were cut");
    }

    [Fact]
    public void Add_ChunkThatIsNotTheNext_IsMalformedAndDropsTheTransfer()
    {
        var assembler = new ChunkAssembler(100);
        Add(assembler, 1, 0, 3);
        Assert.Throws<FrameFormatException>(() => Add(assembler, 1, 2, 3));
        Assert.Equal(0, assembler.BufferedBytes);
        Assert.Throws<FrameFormatException>(() => Add(assembler, 1, 1, 3));
    }

    [Theory]
    [InlineData(2, 1, 3)] // another transfer
    [InlineData(1, 1, 4)] // another count
    [InlineData(1, 3, 3)] // beyond the count
    public void Add_ChunkThatContradictsTheFirst_IsMalformed(ulong transfer, ulong index, ulong count)
    {
        var assembler = new ChunkAssembler(100);
        Add(assembler, 1, 0, 3);
        Assert.Throws<FrameFormatException>(() => Add(assembler, transfer, index, count));
    }

    [Fact]
    public void Add_IndexZero_DropsTheUnfinishedTransfer()
    {
        var assembler = new ChunkAssembler(100);
        Add(assembler, 1, 0, 3);
        Add(assembler, 2, 0, 2);
        Assert.Equal(1, assembler.BufferedBytes);
        Assert.True(assembler.Add(1, new ChunkFrame(2, 1, 2, new byte[] { 0 }), out var frame));
        Assert.Equal(FrameType.Sync, frame.Type);
    }

    [Fact]
    public void Add_MoreThanTheLimit_IsTooLargeAtTheFirstChunkThatGoesOver()
    {
        var assembler = new ChunkAssembler(100);
        assembler.Add(1, new ChunkFrame(1, 0, 1000, new byte[60]), out _);
        var error = Assert.Throws<FrameFormatException>(() => assembler.Add(1, new ChunkFrame(1, 1, 1000, new byte[60]), out _));
        Assert.Equal(SyncErrorCode.TooLarge, error.Code);
        Assert.Equal(0, assembler.BufferedBytes);
    }

    [Fact]
    public void Add_HugeAnnouncedCount_HoldsOnlyWhatCame()
    {
        var assembler = new ChunkAssembler(64 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        assembler.Add(1, new ChunkFrame(1, 0, 1UL << 50, new byte[10]), out _);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void Add_EmptyPartOrChunkInChunk_IsMalformed()
    {
        var assembler = new ChunkAssembler(100);
        Assert.Throws<FrameFormatException>(() => assembler.Add(1, new ChunkFrame(1, 0, 1, default), out _));
        Assert.Throws<FrameFormatException>(() => assembler.Add(1, new ChunkFrame(1, 0, 1, new byte[] { 8, 1, 0, 1, 1, 0 }), out _));
    }

    private static void Add(ChunkAssembler assembler, ulong transfer, ulong index, ulong count) =>
        Assert.False(assembler.Add(1, new ChunkFrame(transfer, index, count, new byte[] { 4 }), out _));
}
