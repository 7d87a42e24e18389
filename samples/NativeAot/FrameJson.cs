using System.Text.Json.Serialization;

namespace NativeAot;

/// <summary>All that SignalR has to write and read for relay and provider: a message is one array of bytes.</summary>
[JsonSerializable(typeof(byte[]))]
internal sealed partial class FrameJson : JsonSerializerContext;
