/// A hundred expressions of the shapes that filters use, to test and to measure the engine with. They are no rules: nobody tuned them to catch anything.
package enum SamplePatterns {
  /// Sources, all to be read with letters in any case.
  package static let sources: [String] = phrases + tags + credentials + personal

  private static let phrases = [
    #"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+){0,3}(?:previous|prior|above|earlier|preceding)\s+(?:instructions?|prompts?|rules?)"#,
    #"\byou\s+are\s+now\s+(?:a|an|in|the)\b"#, #"\bnew\s+(?:system\s+)?(?:instructions?|task|objective)\s*:"#, #"\bsystem\s+prompt\b"#,
    #"\b(?:reveal|print|show|repeat|leak)\s+(?:me\s+)?(?:your|the)\s+(?:system|initial|hidden|secret)\s+(?:prompt|instructions?|message)"#,
    #"\bdo\s+not\s+(?:tell|inform|alert|notify|mention)\s+(?:\w+\s+){0,3}user\b"#,
    #"\bwithout\s+(?:telling|informing|asking|notifying)\s+(?:\w+\s+){0,2}user"#,
    #"\bpretend\s+(?:to\s+be|you\s+are|that)\b"#, #"\bact\s+as\s+(?:a|an|if|though)\b"#, #"\bfrom\s+now\s+on\b"#, #"\bdeveloper\s+mode\b"#,
    #"\bjail\s?break"#,
    #"\bdo\s+anything\s+now\b"#, #"\bimportant\s+(?:message|notice|instruction)s?\s+(?:from|to|for)\b"#,
    #"\bbefore\s+(?:you|using|calling)\s.{0,60}\bmust\b"#,
    #"\b(?:send|forward|post|upload|email|transmit)\s+(?:\w+\W+){0,6}(?:to|at)\s+\S{1,80}@"#,
    #"\b(?:curl|wget)\s+(?:-\S+\s+){0,4}https?://"#,
    #"\b(?:exfiltrate|steal|harvest)\b"#, #"\bhighest\s+priority\b"#, #"\bsecurity\s+(?:update|patch|protocol)\s+(?:required|override)"#,
    #"\bstop\s+(?:everything|what\s+you)\b"#, #"\bas\s+an?\s+(?:ai|assistant|language\s+model)\b"#,
    #"\bthe\s+(?:real|actual|true)\s+(?:task|instructions?|user)\b"#,
    #"\bbase64[-_ ]?(?:decode|encoded)\b"#, #"\beval\s*\("#, #"\bos\.system\s*\("#, #"\bsubprocess\.(?:run|call|popen)"#,
    #"\brm\s+-rf?\s+[/~]"#,
    #"\b(?:grant|give)\s+(?:me|us)\s+(?:full|admin|root)\s+access"#, #"\badmin(?:istrator)?\s+(?:mode|override|privileges)\b"#,
    #"\bthis\s+is\s+(?:not\s+)?a\s+(?:test|drill)\b"#, #"\bconfidential(?:ity)?\s+(?:notice|information)\b"#,
    #"\bclick\s+(?:here|this\s+link|below)\b"#,
    #"\bverify\s+your\s+(?:account|identity|password)\b"#, #"\burgent(?:ly)?\b.{0,40}\b(?:action|respon(?:se|d)|reply)\b"#,
    #"\bwire\s+transfer\b"#,
    #"\bgift\s+cards?\b"#, #"\bbitcoin\s+(?:address|wallet)\b"#, #"\bpassphrase\b"#, #"\bignoriere\s+(?:alle|die)\b"#,
    #"\bignora\s+(?:todas|las|tutte|le)\b"#,
    #"\bignorez\s+(?:toutes|les)\b"#, #"забудь\s+(?:все|предыдущие)"#, #"игнорируй\s+(?:все|предыдущие)"#, #"忽略(?:之前|以上|所有)"#, #"以前の指示"#,
    #"\bunrestricted\s+(?:mode|access|ai)\b"#, #"\bno\s+(?:longer\s+)?(?:restrictions|limitations|rules)\b"#,
    #"\bsimulat(?:e|ing)\s+(?:a|an|being)\b"#,
    #"\brole[- ]?play\b"#, #"\btool[_ ]call(?:s|ed|ing)?\s*[:=]"#, #"\bfunction[_ ]call\s*[:=]"#, #"\bassistant\s*:\s*\S"#,
    #"\bhuman\s*:\s*\S"#, #"(?m)^system\s*:"#,
  ]

  private static let tags = [
    #"</?(?:important|information|system|instructions?|admin|secret)>"#, #"<\|im_(?:start|end)\|>"#, #"\[/?inst\]"#, #"<</?sys>>"#,
    #"<\|(?:system|user|assistant|endoftext)\|>"#,
    #"###\s*(?:system|instruction|human|assistant)\b"#, #"={3,10}\s*end\s+of\s+\w{1,20}"#, #"-{3,10}\s*(?:begin|end)\s+\w{1,20}"#,
    #"!\[[^\]]{0,80}\]\(https?://[^)\s]{1,200}[?&][^)\s]{0,200}\)"#,
    #"\[[^\]]{0,80}\]\(javascript:"#, #"<script\b"#, #"<iframe\b"#, #"<img\s[^>]{0,200}onerror"#, #"<!--.{0,200}-->"#,
    #"\x1b\[[0-9;]{0,20}[a-z]"#, #"\x1b\]8;"#,
    #"data:text/html"#, #"\{\{[^}]{0,60}\}\}"#, #"display\s*:\s*none"#, #"font-size\s*:\s*0"#,
  ]

  private static let credentials = [
    #"\bakia[a-z0-9]{16}\b"#, #"\bgh[pousr]_[a-z0-9]{36}\b"#, #"\bgithub_pat_[a-z0-9_]{22,82}\b"#, #"\bxox[baprs]-[a-z0-9-]{10,72}"#,
    #"\bsk-[a-z0-9_-]{20,120}"#, #"\baiza[a-z0-9_-]{35}\b"#,
    #"\beyj[a-z0-9_-]{8,500}\.eyj[a-z0-9_-]{8,500}\.[a-z0-9_-]{8,500}"#, #"-----begin [a-z ]{0,20}private key-----"#,
    #"\bsk_live_[a-z0-9]{24,99}"#, #"\bglpat-[a-z0-9_-]{20}\b"#,
    #"\bnpm_[a-z0-9]{36}\b"#, #"\bsg\.[a-z0-9_-]{22}\.[a-z0-9_-]{43}\b"#, #"\bhooks\.slack\.com/services/[a-z0-9/]{20,60}"#,
    #"\b(?:password|passwd|pwd|secret|token|api[_-]?key)\s{0,4}[:=]\s{0,4}["'][^"'\s]{6,80}["']"#,
    #"\b(?:postgres|mysql|mongodb|redis)://[^\s:@/]{1,60}:[^\s@/]{1,60}@"#,
  ]

  private static let personal = [
    #"[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}"#, #"\b\d{3}-\d{2}-\d{4}\b"#, #"\b(?:\d[ -]?){12,18}\d\b"#,
    #"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}\b"#,
    #"\b(?:\d{1,3}\.){3}\d{1,3}\b"#, #"\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}\b"#, #"\(\d{3}\) ?\d{3}-\d{4}\b"#,
    #"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b"#,
    #"\b-?\d{1,2}\.\d{4,8}, ?-?\d{1,3}\.\d{4,8}\b"#, #"\b\d{4}-\d{2}-\d{2}t\d{2}:\d{2}"#,
  ]
}
