// Found when the marker stands in an object at least twice.
rule Sekisho_Test_Yara
{
  strings:
    $marker = "sekisho-harmless-yara-91e2f7"
  condition:
    #marker >= 2
}
