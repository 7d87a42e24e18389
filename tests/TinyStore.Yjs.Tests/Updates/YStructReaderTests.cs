using System.Text;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates;

public class YStructReaderTests
{
    // Client 1, root map m: set a=1, set n=new Map, n.x="y", a=2, delete n [recorded with yjs 13.6.33].
    private static readonly byte[] Golden = Hex.Bytes("01040100 2101016d016101 2101016d016e01 0001 a80100017d02 0101010003");

    [Fact]
    public void Read_OfTheGoldenUpdate_FindsEveryStruct()
    {
        var found = new StringBuilder();
        var reader = new YStructReader(Golden, validate: true);
        while (reader.Read())
        {
            ref readonly var s = ref reader.Current;
            found.Append(null, $"{s.Id}+{s.Length} {s.Kind} {(s.HasOrigin ? s.Origin.ToString() : "-")} {s.ParentKind} ");
            found.Append(null, $"{(s.ParentKind == YParentKind.Root ? Encoding.UTF8.GetString(s.ParentName(Golden)) : "-")}.{(s.HasKey ? Encoding.UTF8.GetString(s.Key(Golden)) : "-")} {Hex.Text(s.ContentBytes(Golden))}\n");
        }

        Assert.Equal(
            "1:0+1 Deleted - Root m.a \n1:1+1 Deleted - Root m.n \n1:2+1 GC - FromOrigin -.- \n1:3+1 Any 1:0 FromOrigin -.- 7d02\n",
            found.ToString());
        Assert.Equal(Golden.Length - 5, reader.Position);
    }

    [Fact]
    public void Read_OfEveryKind_TrustingAgreesWithValidating()
    {
        var validating = new YStructReader(SampleUpdates.EveryKind, validate: true);
        var trusting = new YStructReader(SampleUpdates.EveryKind, validate: false);
        var kinds = new HashSet<YContentKind>();
        while (validating.Read())
        {
            Assert.True(trusting.Read());
            Assert.Equal(validating.Current, trusting.Current);
            kinds.Add(validating.Current.Kind);
        }

        Assert.False(trusting.Read());
        Assert.Equal(Enum.GetValues<YContentKind>(), kinds.Order());
    }

    [Theory] // structs as yjs 13.6.33 writes them, each at the start of root "t"
    [InlineData("04 010174 026162", YContentKind.String, 2, "6162")]
    [InlineData("08 010174 02 7d01 770161", YContentKind.Any, 2, "7d01770161")]
    [InlineData("02 010174 02 0131 0132", YContentKind.Json, 2, "01310132")]
    [InlineData("03 010174 02 0908", YContentKind.Binary, 1, "0908")]
    [InlineData("05 010174 077b2261223a317d", YContentKind.Embed, 1, "7b2261223a317d")]
    [InlineData("06 010174 0162 0474727565", YContentKind.Format, 1, "01620474727565")]
    [InlineData("07 010174 01", YContentKind.Type, 1, "")]
    [InlineData("07 010174 03 0170", YContentKind.Type, 1, "70")]
    [InlineData("09 010174 0167 7600", YContentKind.Doc, 1, "01677600")]
    [InlineData("01 010174 05", YContentKind.Deleted, 5, "")]
    [InlineData("00 05", YContentKind.GC, 5, "")]
    [InlineData("0a 05", YContentKind.Skip, 5, "")]
    public void Read_OfEachKind_FindsItsContent(string hex, object kind, int length, string content)
    {
        byte[] update = [1, 1, 1, 0, .. Hex.Bytes(hex), 0];
        foreach (var validate in new[] { true, false })
        {
            var reader = new YStructReader(update, validate);
            Assert.True(reader.Read());
            Assert.Equal(((YContentKind)kind, (uint)length, content, update.Length - 1), (reader.Current.Kind, reader.Current.Length, Hex.Text(reader.Current.ContentBytes(update)), reader.Current.End));
        }
    }

    [Fact]
    public void Rest_ReadsOnWhereAReaderStopped()
    {
        var whole = new YStructReader(SampleUpdates.EveryKind, validate: false);
        while (whole.NextGroup())
        {
            var rest = whole.Rest;
            while (whole.NextStruct())
            {
                var one = new YStructReader(SampleUpdates.EveryKind, in rest);
                Assert.True(one.NextStruct());
                Assert.Equal((whole.Current.Id, whole.Current.Length, whole.Current.Start, whole.Current.End), (one.Current.Id, one.Current.Length, one.Current.Start, one.Current.End));
                rest = one.Rest;
            }

            Assert.Equal(0, rest.StructCount);
        }
    }

    [Fact]
    public void Read_OfACollectedStretchWithPlaceFlags_IgnoresThem()
    {
        byte[] update = [1, 1, 1, 0, 0xE0, 5, 0];
        var reader = new YStructReader(update, validate: true);
        Assert.True(reader.Read());
        Assert.False(reader.Current.HasOrigin || reader.Current.HasRightOrigin || reader.Current.HasKey || reader.Current.IsItem);
        Assert.Equal("01010100000500", Hex.Text(YUpdate.Merge([update, YUpdate.Empty.ToArray()])));
    }

    [Fact]
    public void Read_PassesOverStructsOfLengthZero()
    {
        var update = new UpdateBuilder().Group(1, 0).GC(0).Text("").Any().Text("a").Skip(0).ToArray();
        var reader = new YStructReader(update, validate: true);
        Assert.True(reader.Read());
        Assert.Equal((YContentKind.String, 0u, 1u), (reader.Current.Kind, reader.Current.Clock, reader.Current.Length));
        Assert.False(reader.Read());
        Assert.Equal(update.Length - 1, reader.Position);
    }

    [Theory]
    [InlineData("01 01 01 00 0b 01", "11 is no kind")]
    [InlineData("01 01 01 00 1f 01", "31 is no kind")]
    [InlineData("01 01 01 00 04 01 0174 01ff", "not valid UTF-8")]
    [InlineData("01 01 01 00 04 01 01ff 0161", "not valid UTF-8")]
    [InlineData("01 01 01 00 24 01 0174 01ff 0161", "not valid UTF-8")]
    [InlineData("01 01 01 00 05 01 0174 017b", "JSON text is malformed")]
    [InlineData("01 01 01 00 05 01 0174 09 756e646566696e6564", "JSON text is malformed")] // undefined is for ContentJSON alone
    [InlineData("01 01 01 00 02 01 0174 01 027b7b", "JSON text is malformed")]
    [InlineData("01 01 01 00 06 01 0174 0161 00", "JSON text is malformed")]
    [InlineData("01 01 01 00 07 01 0174 07 00", "7 is no kind of shared type")]
    [InlineData("01 01 01 00 08 01 0174 01 73 00", "115 is no tag")]
    [InlineData("01 01 01 00 08 01 0174 01 80 00", "128 is no tag")]
    [InlineData("01 01 01 00 08 01 0174 ff01 7d", "a count of 255")]
    [InlineData("01 01 01 00 08 01 0174 01 75 05 7e7e", "a count of 5")]
    [InlineData("01 01 01 00 08 01 0174 01 76 02 0161 7e", "a count of 2")]
    [InlineData("01 01 01 00 03 01 0174 05 0000", "a length of 5")]
    [InlineData("01 01 01 00 09 01 0174 0161 7e 00", "options of a subdocument")]
    [InlineData("ffffffff0f 00", "a count of 4294967295")]
    [InlineData("01 ffffffff0f 01 00", "a count of 4294967295")]
    [InlineData("01 01 01 ffffffff0f 00 01 00", "above the largest clock")]
    [InlineData("01 01 01 8080808010 00 01 00", "below 2^32")]
    [InlineData("00 01 01 01 ffffffff0f 01", "above the largest clock")]
    [InlineData("00 01 01 05 00 01", "a count of 5")]
    [InlineData("00", "the bytes end")]
    [InlineData("", "the bytes end")]
    public void Validate_OfMalformedBytes_SaysWhat(string hex, string expected)
    {
        Assert.False(YUpdate.TryValidate(Hex.Bytes(hex), out var error, out var offset));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.InRange(offset, 0, Hex.Bytes(hex).Length);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Validate_BoundsTheDepthOfValues(int depth, bool expected)
    {
        var value = Enumerable.Repeat("7501", depth - 1).Append("7500");
        Assert.Equal(expected, YUpdate.TryValidate(Hex.Bytes($"01 01 01 00 08 01 0174 01 {string.Concat(value)} 00"), out _, out _));
    }

    [Fact]
    public void Read_DoesNotAllocate()
    {
        var outline = new YUpdateOutline();
        outline.Scan(SampleUpdates.EveryKind);
        var before = GC.GetAllocatedBytesForCurrentThread();
        outline.Scan(SampleUpdates.EveryKind);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
