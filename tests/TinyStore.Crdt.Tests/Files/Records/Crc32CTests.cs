using System.Text;
using TinyStore.Crdt.Files.Records;

namespace TinyStore.Crdt.Tests.Files.Records;

public sealed class Crc32CTests
{
    // RFC 3720, B.4, and the check value of the catalogue of parametrised CRC algorithms.
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283u)]
    public void Of_KnownText_KnownChecksum(string text, uint expected) => Assert.Equal(expected, Crc32C.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Of_32Zeros_AsInRfc3720() => Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));

    [Fact]
    public void Append_InTwoParts_EqualsTheWhole()
    {
        var bytes = Enumerable.Range(0, 100).Select(i => (byte)(i * 7)).ToArray();
        for (var split = 0; split <= bytes.Length; split++)
        {
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Append(Crc32C.Of(bytes.AsSpan(0, split)), bytes.AsSpan(split)));
        }
    }
}
